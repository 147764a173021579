/** Files that are sent in more requests than one user may make otherwise. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemOf } from '../support/api-client.js';
import { ChunkedClient, cut } from '../support/chunked-client.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';

const CHUNKS = 12;
const REQUESTS = '10';
const PIECES = 20;

describe('pieces of uploads', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({
      env: {
        WORKER_EMBEDDED: 'false',
        RATE_LIMIT_ADDRESS_PER_MINUTE: REQUESTS,
        RATE_LIMIT_USER_PER_MINUTE: REQUESTS,
        RATE_LIMIT_PIECES_PER_MINUTE: String(PIECES),
      },
    });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
  });

  it('are counted apart from requests, up to a limit of their own that chunks and tus share', async () => {
    const client = new ChunkedClient(service.url);
    const recording = await longRecording(CHUNKS * 2 ** 20);
    const begun = await client.beginFor(recording);
    const numbers = Array.from({ length: begun.total_chunks }, (_, number) => number);
    await client.sendAll(begun, recording, numbers);
    expect((await client.finish(begun.session_id)).status).toBe('completed');

    const tus = new TusRequests(`${service.url}/uploads/tus`);
    const url = await tus.begin(recording.length);
    const left = Array.from({ length: PIECES - numbers.length }, (_, offset) => offset);
    for (const offset of left) {
      const answer = await tus.append(url, offset, recording.subarray(offset, offset + 1));
      expect(answer.status).toBe(204);
      expect(answer.headers.get('ratelimit-policy')).toBe(
        `"address-pieces";q=${PIECES};w=60, "user-pieces";q=${PIECES};w=60`,
      );
    }
    const refused = await tus.append(url, left.length, recording.subarray(0, 1));
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await problemOf(refused)).toMatchObject({
      code: 'rate_limited',
      detail: `There may be ${PIECES} pieces of uploads a minute per address.`,
    });

    expect(await tus.offset(url)).toBe(left.length);
    const other = await client.send(begun.session_id, cut(recording, begun, 0));
    expect(other.status).toBe(429);
  });
});
