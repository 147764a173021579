/** What administrators see of the health of the service, while its parts come and go. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SystemHealth } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const contract = new OpenApiContract();
let redis: RedisServer;
let service: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  service = await startService({
    env: { REDIS_URL: redis.url, REDIS_PASSWORD: redis.password, WORKER_EMBEDDED: 'false' },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await redis.stop();
});

async function read(): Promise<SystemHealth> {
  const response = await fetch(`${service.url}/admin/health`);
  expect(await contract.findFaults('getSystemHealth', response.clone())).toEqual([]);
  return jsonOf<SystemHealth>(response);
}

const queueOf = ({ parts }: SystemHealth): SystemHealth['parts'][number] | undefined =>
  parts.find(({ name }) => name === 'queue');

describe('the health of the service', () => {
  it('tells of each part, of versions and of what the process has', async () => {
    const health = await read();

    expect(health).toMatchObject({
      state: 'up',
      versions: {
        node: process.versions.node,
        database: expect.stringMatching(/^1[4-9]/),
        redis: expect.stringMatching(/^\d+\.\d+/),
      },
      memory_bytes: expect.any(Number),
      free_disk_bytes: expect.any(Number),
    });
    expect(health.parts.map(({ name, state }) => [name, state])).toEqual([
      ['database', 'up'],
      ['queue', 'up'],
      ['storage', 'up'],
      ['disk', 'up'],
      ['model', 'up'],
      ['worker', 'up'],
    ]);
  });

  it('keeps the time of a state until that is another one', async () => {
    const before = queueOf(await read());
    expect(queueOf(await read())).toEqual(before);
    await redis.kill();
    await waitFor(async () => queueOf(await read())?.state === 'down', { what: 'the queue to be down' });
    const after = await read();

    expect(after).toMatchObject({ state: 'down', versions: { redis: null } });
    expect(Date.parse(queueOf(after)?.since ?? '')).toBeGreaterThan(Date.parse(before?.since ?? ''));
  });
});
