/** The same file by every door: several recordings, one copy. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, MediaList, UploadStatus, Usage } from '@whisper-transcriber/client-sdk';
import { bearer, postJson } from '../support/accounts.js';
import { jsonOf, upload } from '../support/api-client.js';
import { ChunkedClient, sha256Of } from '../support/chunked-client.js';
import { longRecording } from '../support/long-recording.js';
import { OutsideServer } from '../support/outside-server.js';
import { TusRequests } from '../support/tus-requests.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../support/two-users.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;

let users: TwoUsers;
let recording: Buffer<ArrayBuffer>;
let elsewhere: OutsideServer;
/** Those that are there from the beginning. */
let blobsBefore: number;

beforeAll(async () => {
  users = await openTwoUsers({ URL_FETCH_ALLOW: '127.0.0.1' });
  recording = await longRecording(2 * MIB + 100);
  elsewhere = await OutsideServer.http((_request, response) => response.end(recording));
  await users.execute(
    'delete from upload_sessions; delete from transcripts; delete from jobs; delete from media_files',
  );
  blobsBefore = (await listBlobs()).length;
}, 90_000);

afterAll(async () => {
  await elsewhere.close();
  await users.close();
});

async function listBlobs(): Promise<string[]> {
  const entries = await readdir(join(users.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.includes('probe')).map(({ name }) => name);
}
const countNew = async (): Promise<number> => (await listBlobs()).length - blobsBefore;

const read = async <T>({ token }: TestUser, path: string): Promise<T> =>
  jsonOf<T>(await fetch(users.url + path, { headers: bearer(token) }));
const mediaOfJob = async (user: TestUser, jobId: string | null | undefined): Promise<string> =>
  String((await read<Job>(user, `/jobs/${String(jobId)}`)).media_id);

async function sendForm(user: TestUser): Promise<string> {
  const sent = await upload(users.url, { content: recording, headers: bearer(user.token) });
  return String((await jsonOf<Job>(sent)).media_id);
}

async function sendByTus(user: TestUser): Promise<string> {
  const tus = new TusRequests(`${users.url}/uploads/tus`, bearer(user.token));
  const address = await tus.begin(recording.length);
  await tus.append(address, 0, recording.subarray(0, MIB));
  const last = await tus.append(address, MIB, recording.subarray(MIB));
  return mediaOfJob(user, last.headers.get('x-job-id'));
}

async function sendByChunks(user: TestUser): Promise<string> {
  const chunked = new ChunkedClient(users.url, bearer(user.token));
  const begun = await chunked.beginFor(recording);
  await chunked.sendAll(begun, recording, [2, 0, 1]);
  return mediaOfJob(user, (await chunked.finish(begun.session_id)).job_id);
}

async function sendUrl(user: TestUser): Promise<string> {
  const url = elsewhere.url('/talk.wav').replace('recordings.test', '127.0.0.1');
  const begun = await jsonOf<UploadStatus>(
    await postJson(`${users.url}/uploads/url`, { url }, bearer(user.token)),
  );
  const status = (): Promise<UploadStatus> => read<UploadStatus>(user, `/uploads/${begun.session_id}/status`);
  await waitFor(async () => (await status()).status === 'completed');
  return String((await status()).media_id);
}

async function remove({ token }: TestUser, id: string): Promise<void> {
  await users.execute(`update jobs set status = 'completed', finished_at = now()`);
  const response = await fetch(`${users.url}/media/${id}`, { method: 'DELETE', headers: bearer(token) });
  expect(response.status).toBe(204);
}

async function hashOf({ token }: TestUser, id: string): Promise<string> {
  const response = await fetch(`${users.url}/media/${id}`, { headers: bearer(token) });
  expect(response.status).toBe(200);
  return sha256Of(Buffer.from(await response.arrayBuffer()));
}

describe('one file by four doors', () => {
  const ids: string[] = [];

  it.each([
    ['POST /upload', sendForm],
    ['tus', sendByTus],
    ['chunks', sendByChunks],
    ['its address', sendUrl],
  ])('is stored once after %s', async (_door, send) => {
    ids.push(await send(users.anna));

    // What a door does not need any more is deleted right after its answer.
    await waitFor(async () => (await countNew()) === 1, { what: 'one copy' });
    expect((await read<Usage>(users.anna, '/usage')).storage_bytes).toBe(recording.length);
  });

  it('is four recordings', async () => {
    const { media } = await read<MediaList>(users.anna, '/media');

    expect(media.map(({ media_id: id }) => id)).toEqual(ids.toReversed());
    expect(new Set(media.map(({ sha256 }) => sha256))).toEqual(new Set([sha256Of(recording)]));
  });

  it('is another copy for somebody else', async () => {
    const others = await sendForm(users.bob);
    expect(await countNew()).toBe(2);

    await remove(users.bob, others);
    expect(await countNew()).toBe(1);
  });

  it('stays whole until the last of them is deleted', async () => {
    for (const [index, id] of ids.entries()) {
      expect(await countNew()).toBe(1);
      for (const other of ids.slice(index)) expect(await hashOf(users.anna, other)).toBe(sha256Of(recording));
      await remove(users.anna, id);
    }

    expect(await countNew()).toBe(0);
    expect((await read<Usage>(users.anna, '/usage')).storage_bytes).toBe(0);
  });
});
