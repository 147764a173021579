/** What lists of jobs may be asked for, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';

const contract = new OpenApiContract();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ env: { WORKER_EMBEDDED: 'false' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

describe('a list of jobs', () => {
  it.each<[string, number]>([
    ['?status=completed&status=failed&sort=-duration&language=en&model=base&text=sense', 200],
    ['?created_after=2026-01-01T00:00:00Z&created_before=2027-01-01T00:00:00Z', 200],
    [`?batch_id=${UNKNOWN_ID}`, 200],
    ['?batch_id=x', 422],
    ['?status=done', 422],
    ['?status=failed&status=failed', 422],
    ['?model=huge', 422],
    ['?language=%00', 422],
    ['?sort=name', 422],
    ['?text=', 422],
    ['?text=a%00', 422],
    ['?created_after=yesterday', 422],
    ['?created_after=0000-01-01T00:00:00Z', 422],
    ['?created_before=9999-12-31T23:59:59-14:00', 422],
    ['?created_before=9998-12-31T23:59:59-14:00', 200],
    ['?created_after=1000-01-01T00:00:00%2B14:00', 200],
    ['?cursor=x', 422],
  ])('is answered as documented when it is asked for by %s', async (query, status) => {
    const response = await fetch(`${service.url}/jobs${query}`);

    expect([response.status, await contract.findFaults('listJobs', response)]).toEqual([status, []]);
  });
});
