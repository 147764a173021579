/** Uploads that are whole and cannot become jobs yet: they say why, are put together once, and go on by themselves. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BegunUpload, UploadList } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { ChunkedClient } from '../support/chunked-client.js';
import { executeSql } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { ServiceWithStore, STORES } from '../support/service-with-store.js';
import { TusRequests } from '../support/tus-requests.js';

const MIB = 2 ** 20;
/** Some 33 seconds each: two do not go into one minute. */
const [FIRST_BYTES, SECOND_BYTES] = [MIB, MIB + 4];

const contract = new OpenApiContract();

describe.each(STORES)('an upload that waits, in %s', (store) => {
  let service: ServiceWithStore;
  let chunked: ChunkedClient;
  let tus: TusRequests;
  let recording: Buffer<ArrayBuffer>;
  let begun: BegunUpload;
  let address: string;

  beforeAll(async () => {
    service = await ServiceWithStore.open(store, { MAX_AUDIO_MINUTES_PER_DAY: '1' });
    chunked = new ChunkedClient(service.url);
    tus = new TusRequests(`${service.url}/uploads/tus`);
    recording = await longRecording(SECOND_BYTES);
    expect((await upload(service.url, { content: await longRecording(FIRST_BYTES) })).status).toBe(202);
  }, 90_000);

  afterAll(async () => {
    await service.close();
  });

  const REASON = 'audio_quota_exceeded';

  it('is put together once, however often it is tried', async () => {
    begun = await chunked.beginFor(recording);
    await chunked.sendAll(begun, recording, [1, 0]);
    expect(await service.countBlobs()).toBe(1 + 2);

    const tries: { code: string; blobs: readonly string[] }[] = [];
    for (let time = 0; time < 2; time += 1) {
      const { code } = await problemOf(await chunked.finalize(begun.session_id));
      tries.push({ code, blobs: await service.listBlobs() });
    }
    expect(tries[0]).toMatchObject({ code: REASON, blobs: { length: 1 + 1 } });
    expect(tries[1]).toEqual(tries[0]);
  });

  it('by tus is complete, and its answers say what it waits for', async () => {
    address = await tus.begin(recording.length);
    const last = await tus.append(address, 0, recording);
    expect([last.status, last.headers.get('x-waiting-for')]).toEqual([204, REASON]);

    const head = await tus.ask('HEAD', address);
    expect(head.headers.get('x-waiting-for')).toBe(REASON);
    expect(await contract.findFaults('getTusOffset', head)).toEqual([]);
  });

  it('says so in its status and in the list', async () => {
    const answer = await chunked.ask('GET', `${begun.session_id}/status`);
    expect(await contract.findFaults('getUploadStatus', answer.clone())).toEqual([]);
    expect(await answer.json()).toMatchObject({
      status: 'assembling',
      waiting_for: REASON,
      uploaded_chunks: 2,
      total_chunks: 2,
      missing_chunks: [],
      error_code: null,
    });
    const { sessions } = await jsonOf<UploadList>(await chunked.ask('GET', ''));
    expect(sessions.map(({ waiting_for: reason }) => reason)).toEqual([REASON, REASON]);
  });

  it('goes on when there is room, and waits for nothing any more', async () => {
    await executeSql(service.database.url, 'truncate usage_days');
    expect(await chunked.finish(begun.session_id)).toMatchObject({ job_id: expect.any(String) });
    expect(await chunked.status(begun.session_id)).toMatchObject({ status: 'completed', waiting_for: null });
  });
});
