/** How much may be stored: at every door, before the bytes are read where their length is known, and exactly in the end. */
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, MediaList, UploadStatus, Usage } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, problemOf, upload, uploadInPieces } from '../support/api-client.js';
import { ChunkedClient } from '../support/chunked-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { OutsideServer, OutsideServers } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;
const QUOTA_BYTES = 5 * MIB;
type File = Buffer<ArrayBuffer>;

const outside = new OutsideServers();
const fetched: string[] = [];
let database: TestDatabase;
let service: RunningService;
/** Of two MiB, more or less. */
let files: readonly [File, File, File];

beforeAll(async () => {
  files = (await Promise.all([0, 2, 4].map((more) => longRecording(2 * MIB + more)))) as [File, File, File];
});

async function open(env: Readonly<Record<string, string>>): Promise<void> {
  database = await openOnServer();
  service = await startService({
    env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', URL_FETCH_ALLOW: '127.0.0.1', ...env },
  });
}

async function close(): Promise<void> {
  await outside.close();
  await service.stop();
  await database.close();
}

const chunked = (): ChunkedClient => new ChunkedClient(service.url);
const tus = (): TusRequests => new TusRequests(`${service.url}/uploads/tus`);
const send = (content: File): Promise<Response> => upload(service.url, { content });
const beginTus = (length: number): Promise<Response> => tus().create({ 'upload-length': String(length) });
const beginChunked = (length: number): Promise<Response> =>
  chunked().begin({ filename: 'talk.wav', file_size: length });

async function fetchFrom(content: File, withLength: boolean): Promise<Response> {
  const server = await outside.add(
    OutsideServer.http((_request, response) => {
      if (withLength) response.setHeader('content-length', content.length);
      response.write(content.subarray(0, 1000));
      response.end(content.subarray(1000));
    }),
  );
  const url = server.url('/talk.wav').replace('recordings.test', '127.0.0.1');
  const response = await postJson(`${service.url}/uploads/url`, { url });
  if (response.ok) fetched.push((await jsonOf<UploadStatus>(response.clone())).session_id);
  return response;
}

/** Files elsewhere go on coming after the answer. */
async function endOfFetches(): Promise<void> {
  for (const id of fetched.splice(0)) {
    const isOver = async (): Promise<boolean> =>
      ['completed', 'failed'].includes((await chunked().status(id)).status);
    await waitFor(isOver, { what: 'a file from elsewhere' });
  }
}

const usage = async (): Promise<Usage> => jsonOf<Usage>(await fetch(`${service.url}/usage`));
async function outcome(answer: Response | Promise<Response>): Promise<[number, string | null]> {
  const response = await answer;
  return [response.status, response.status < 400 ? null : (await problemOf(response)).code];
}

async function deleteMedia(id: unknown): Promise<void> {
  await executeSql(database.url, `update jobs set status = 'completed', finished_at = now()`);
  const response = await fetch(`${service.url}/media/${String(id)}`, { method: 'DELETE' });
  expect(response.status).toBe(204);
}

async function deleteEverything(): Promise<void> {
  await endOfFetches();
  const { media } = await jsonOf<MediaList>(await fetch(`${service.url}/media`));
  for (const { media_id: id } of media) await deleteMedia(id);
  await executeSql(
    database.url,
    `update upload_sessions set status = 'cancelled' where status in ('active', 'assembling')`,
  );
}

describe('the quota of a user', () => {
  beforeAll(() => open({ STORAGE_QUOTA_MB: '5' }), 90_000);
  afterAll(close);
  afterEach(deleteEverything);

  const FULL = [507, 'storage_quota_exceeded'];

  it('is told, with what is used of it, the same bytes once', async () => {
    expect(await usage()).toMatchObject({ storage_bytes: 0, storage_bytes_limit: QUOTA_BYTES });
    const ids: unknown[] = [];
    for (let time = 0; time < 2; time += 1) ids.push((await jsonOf<Job>(await send(files[0]))).media_id);
    expect((await usage()).storage_bytes).toBe(files[0].length);

    await deleteMedia(ids[0]);
    expect((await usage()).storage_bytes).toBe(files[0].length);
    await deleteMedia(ids[1]);
    expect((await usage()).storage_bytes).toBe(0);
  });

  describe('when two files have taken most of it', () => {
    let first: Job;

    beforeEach(async () => {
      first = await jsonOf<Job>(await send(files[0]));
      expect((await send(files[1])).status).toBe(202);
    });

    it.each<[string, () => Promise<Response>]>([
      ['POST /upload', () => send(files[2])],
      ['POST /upload without a length', () => uploadInPieces(service.url, files[2])],
      ['POST /uploads/initialize', () => beginChunked(files[2].length)],
      ['tus', () => beginTus(files[2].length)],
      ['POST /uploads/url', () => fetchFrom(files[2], true)],
    ])('refuses one at %s, and takes it when another was deleted', async (_door, attempt) => {
      expect(await outcome(attempt())).toEqual(FULL);
      expect((await usage()).storage_bytes).toBe(files[0].length + files[1].length);

      await deleteMedia(first.media_id);
      expect((await outcome(attempt()))[1]).toBeNull();
    });

    it('lets nothing through that was begun before, until there is room', async () => {
      await deleteMedia(first.media_id);
      const begun = await chunked().beginFor(files[2]);
      await chunked().sendAll(begun, files[2], [0, 1, 2]);
      // The room that it had is taken by what comes without a length.
      const other = await jsonOf<Job>(await uploadInPieces(service.url, files[0]));
      expect(await outcome(chunked().finalize(begun.session_id))).toEqual(FULL);
      expect(await chunked().status(begun.session_id)).toMatchObject({
        status: 'assembling',
        waiting_for: 'storage_quota_exceeded',
      });

      await deleteMedia(other.media_id);
      expect(await chunked().finish(begun.session_id)).toMatchObject({ job_id: expect.any(String) });
    });

    it('stops what is fetched without a length where it ends, and keeps nothing of it', async () => {
      const begun = await jsonOf<UploadStatus>(await fetchFrom(files[2], false));
      const status = async (): Promise<UploadStatus> => chunked().status(begun.session_id);
      await waitFor(async () => (await status()).status === 'failed');
      expect(await status()).toMatchObject({ error_code: 'storage_quota_exceeded' });
      expect((await usage()).storage_bytes).toBe(files[0].length + files[1].length);
    });

    it.each<[string, (url: string) => Promise<Response>]>([
      ['one that says how long it is', (url) => tus().append(url, 0, files[2])],
      ['one that does not', (url) => tus().appendInPieces(url, 0, files[2])],
    ])('stops a request of an upload of unknown length where it ends: %s', async (_which, append) => {
      const url = await tus().beginWithoutLength();
      expect(await outcome(append(url))).toEqual(FULL);
      expect(await tus().offset(url)).toBe(0);

      await deleteMedia(first.media_id);
      expect(await outcome(append(url))).toEqual([204, null]);
    });

    it('counts the same bytes once whichever door they come through, where their length is not told', async () => {
      expect(await outcome(uploadInPieces(service.url, files[0]))).toEqual([202, null]);
      expect((await usage()).storage_bytes).toBe(files[0].length + files[1].length);
    });
  });

  it('is not stretched by those who begin at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 ? beginTus(2 * MIB) : beginChunked(2 * MIB))),
    );
    const refused = answers.filter(({ status }) => status === 507);

    expect(refused).toHaveLength(6);
  });

  it('is not stretched by uploads of unknown length that come at the same moment', async () => {
    const urls = await Promise.all(Array.from({ length: 4 }, () => tus().beginWithoutLength()));
    const answers = await Promise.all(urls.map((url) => tus().appendInPieces(url, 0, files[0])));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 204, 507, 507]);
    expect(await outcome(beginTus(2 * MIB))).toEqual(FULL);
  });

  it('is not stretched by those who send at the same moment', async () => {
    const answers = await Promise.all(files.map((file) => uploadInPieces(service.url, file)));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 202, 507]);
    expect((await usage()).storage_bytes).toBeLessThanOrEqual(QUOTA_BYTES);
  });
});

describe('the number of unfinished uploads of a user', () => {
  beforeAll(() => open({ MAX_UPLOADS_PER_USER: '2' }), 90_000);
  afterAll(close);

  it('is bounded over all doors, and says when to try again', async () => {
    const begun = await chunked().beginFor(files[0]);
    expect((await beginTus(10)).status).toBe(201);

    for (const attempt of [beginChunked(10), beginTus(10), fetchFrom(files[0], true)]) {
      const response = await attempt;
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await outcome(response)).toEqual([429, 'too_many_uploads']);
    }
    // One request is no session.
    expect((await send(files[0])).status).toBe(202);
    await chunked().ask('DELETE', begun.session_id);
    expect((await beginTus(10)).status).toBe(201);
  });

  it('counts files elsewhere before the other side has answered', async () => {
    await deleteEverything();
    const asked: ServerResponse[] = [];
    const server = await outside.add(OutsideServer.http((_request, response) => asked.push(response)));
    const url = server.url('/talk.wav').replace('recordings.test', '127.0.0.1');
    const begun = [1, 2].map(() => postJson(`${service.url}/uploads/url`, { url }));
    await waitFor(() => asked.length === 2);

    expect(await outcome(postJson(`${service.url}/uploads/url`, { url }))).toEqual([429, 'too_many_uploads']);
    for (const response of asked) response.writeHead(404).end();
    expect((await Promise.all(begun)).map(({ status }) => status)).not.toContain(429);
    expect((await beginTus(10)).status).toBe(201);
  });
});

describe('a disk on which no more is free than is to stay free', () => {
  beforeAll(() => open({ MIN_FREE_DISK_MB: '100000000' }), 90_000);
  afterAll(close);

  it.each<[string, () => Promise<Response>]>([
    ['POST /upload', () => send(files[0])],
    ['POST /upload without a length', () => uploadInPieces(service.url, files[0])],
    ['POST /uploads/initialize', () => beginChunked(10)],
    ['tus', () => beginTus(10)],
    ['POST /uploads/url', () => fetchFrom(files[0], true)],
  ])('takes nothing at %s', async (_door, attempt) => {
    expect(await outcome(attempt())).toEqual([507, 'storage_full']);
  });

  it('does not make the service unready: what is there can be read', async () => {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });
});
