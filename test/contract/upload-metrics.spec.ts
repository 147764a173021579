/** What programs that watch the service may know of everybody's uploads: by a token of its own, and for Prometheus. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UploadMetrics } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { ChunkedClient, cut } from '../support/chunked-client.js';
import { longRecording } from '../support/long-recording.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const MIB = 2 ** 20;
const TOKEN = 'token-of-the-figures-9pLz3cYd';

const contract = new OpenApiContract();
let users: TwoUsers;
let recording: Buffer<ArrayBuffer>;

const ask = async (headers: Readonly<Record<string, string>>, url = users.url): Promise<Response> => {
  const response = await fetch(`${url}/admin/uploads/metrics`, { headers });
  expect(await contract.findFaults('getUploadMetrics', response.clone())).toEqual([]);
  return response;
};
const read = async (): Promise<UploadMetrics> => jsonOf<UploadMetrics>(await ask({ 'x-admin-token': TOKEN }));
const scrape = async (): Promise<string> => (await fetch(`${users.url}/metrics/`)).text();

beforeAll(async () => {
  users = await openTwoUsers({ ADMIN_METRICS_TOKEN: TOKEN, MAX_UPLOAD_MB: '7' });
  recording = await longRecording(2 * MIB);
}, 90_000);

afterAll(async () => {
  await users.close();
});

describe('the figures of uploads', () => {
  it.each<[string, () => Record<string, string>]>([
    ['nothing', () => ({})],
    ['another token', () => ({ 'x-admin-token': `${TOKEN}x` })],
    ['an empty token', () => ({ 'x-admin-token': '' })],
    ['an administrator without the token', () => bearer(users.adminToken)],
  ])('are refused to %s', async (_what, headers) => {
    const response = await ask(headers());

    expect([response.status, (await problemOf(response)).code]).toEqual([403, 'metrics_forbidden']);
  });

  it('are twelve, and the token alone opens them', async () => {
    expect(await read()).toEqual({
      total_sessions: 4,
      active_sessions: 4,
      assembling_sessions: 0,
      completed_sessions: 0,
      failed_sessions: 0,
      expired_sessions: 0,
      cancelled_sessions: 0,
      chunk_size: MIB,
      max_parallel_chunks: 4,
      max_file_size: 7 * MIB,
      storage_usage_mb: 0,
      active_uploads_by_user: { [users.anna.id]: 2, [users.bob.id]: 2 },
    });
  });

  it('tell what becomes of uploads, and what is stored, the same bytes once', async () => {
    const headers = bearer(users.anna.token);
    const chunks = new ChunkedClient(users.url, headers);
    const tus = new TusRequests(`${users.url}/uploads/tus`, headers);
    const completed = await chunks.beginFor(recording);
    await chunks.sendAll(completed, recording, [0, 1]);
    await chunks.finish(completed.session_id);
    for (let time = 0; time < 2; time += 1)
      expect((await upload(users.url, { content: recording, headers })).status).toBe(202);
    const cancelled = await chunks.beginFor(recording);
    await chunks.ask('DELETE', cancelled.session_id);
    const failed = await tus.begin(4);
    expect((await tus.append(failed, 0, Buffer.from('none'))).status).toBe(415);
    const unfinished = await chunks.beginFor(recording);
    await chunks.send(unfinished.session_id, cut(recording, unfinished, 1));

    expect(await read()).toMatchObject({
      total_sessions: 8,
      active_sessions: 5,
      completed_sessions: 1,
      cancelled_sessions: 1,
      failed_sessions: 1,
      storage_usage_mb: 3,
      active_uploads_by_user: { [users.anna.id]: 3, [users.bob.id]: 2 },
    });
    const text = await scrape();
    expect(text).toContain('whisper_upload_sessions{door="chunked",status="active"} 3');
    expect(text).toContain('whisper_upload_sessions{door="chunked",status="completed"} 1');
    expect(text).toContain('whisper_upload_sessions{door="tus",status="failed"} 1');
    expect(text).toContain('whisper_upload_sessions{door="url",status="active"} 0');
    expect(text).toContain(`whisper_upload_received_bytes_total{door="chunked"} ${3 * MIB}`);
    expect(text).toContain(`whisper_upload_received_bytes_total{door="form"} ${4 * MIB}`);
    expect(text).toContain('whisper_upload_received_bytes_total{door="tus"} 4');
    expect(text).toContain('whisper_upload_failures_total{code="unsupported_media"} 1');
    // Those of the users have a byte each.
    expect(text).toContain(`whisper_stored_bytes ${3 * MIB + 2}`);
    for (const { id } of [users.anna, users.bob]) expect(text).not.toContain(id);
  });

  it('can be asked for as often as anything else from one address, and not more often', async () => {
    const service = await startService({
      env: { RATE_LIMIT_ADDRESS_PER_MINUTE: '2', WORKER_EMBEDDED: 'false' },
    });
    try {
      const statuses: number[] = [];
      for (let time = 0; time < 3; time += 1) statuses.push((await ask({}, service.url)).status);
      // Nobody has set a token there.
      expect(statuses).toEqual([503, 503, 429]);
    } finally {
      await service.stop();
    }
  }, 90_000);
});
