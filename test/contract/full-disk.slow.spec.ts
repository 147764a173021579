/** A whole service whose disk is really full: what it said it has it keeps, and it goes on when there is room again. */
import { open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  BegunUpload,
  FinalizedUpload,
  Job,
  MediaList,
  Readiness,
  UploadList,
} from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload, uploadInPieces } from '../support/api-client.js';
import { ChunkedClient, cut, sha256Of } from '../support/chunked-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;
const DISK_MIB = 100;
const PAGE = 4096;
type File = Buffer<ArrayBuffer>;

let database: TestDatabase;
let service: RunningService;
let tus: TusRequests;
let chunked: ChunkedClient;

async function start(minFreeMib: number): Promise<void> {
  database = await openOnServer();
  service = await startService({
    diskMib: DISK_MIB,
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      MIN_FREE_DISK_MB: String(minFreeMib),
      ...NO_RATE_LIMITS,
    },
  });
  tus = new TusRequests(`${service.url}/uploads/tus`);
  chunked = new ChunkedClient(service.url);
}

async function stop(): Promise<void> {
  await service.stop();
  await database.close();
}

/** The folder as the service sees it. */
const onDisk = (...parts: readonly string[]): string =>
  join('/proc', String(service.pid), 'root', service.dataDir, ...parts);

async function expectFull(answer: Response | Promise<Response>): Promise<void> {
  const response = await answer;
  expect([response.status, (await problemOf(response)).code]).toEqual([507, 'storage_full']);
}

/** Takes the rest, to the last byte. */
async function fillUp(): Promise<() => Promise<void>> {
  const path = onDisk('something-else');
  const file = await open(path, 'w');
  for (const bytes of [MIB, PAGE]) {
    const piece = Buffer.alloc(bytes, 1);
    const full = async (): Promise<boolean> => {
      try {
        return (await file.write(piece)).bytesWritten < bytes;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return true;
        throw error;
      }
    };
    while (!(await full()));
  }
  await file.close();
  return () => rm(path);
}

async function readiness(): Promise<[number, readonly string[]]> {
  const response = await fetch(`${service.url}/readyz`);
  return [response.status, Object.keys((await jsonOf<Readiness>(response)).error)];
}

async function storedHash(jobId: string): Promise<string> {
  const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${jobId}`));
  const media = await fetch(`${service.url}/media/${String(job.media_id)}`);
  return sha256Of(Buffer.from(await media.arrayBuffer()));
}

describe('a service whose disk is full', () => {
  let byTus: File;
  let byChunks: File;
  let address: string;
  let plan: BegunUpload;
  let small: BegunUpload;
  let filler: Job;
  let release: () => Promise<void>;

  const sendChunks = async (begun: BegunUpload, file: File): Promise<Response[]> => {
    const answers: Response[] = [];
    for (let number = 0; number < begun.total_chunks; number += 1)
      answers.push(await chunked.send(begun.session_id, cut(file, begun, number)));
    return answers;
  };

  beforeAll(() => start(0), 90_000);
  afterAll(stop);

  beforeAll(async () => {
    byTus = await longRecording(30 * MIB);
    byChunks = await longRecording(32 * MIB);
  });

  it('takes what there is room for', async () => {
    address = await tus.begin(byTus.length);
    plan = await chunked.beginFor(byChunks);
    small = await chunked.beginFor(byTus.subarray(0, 2 * MIB));
    const sent = await upload(service.url, { content: await longRecording(40 * MIB) });
    filler = await jsonOf<Job>(sent);
    const first = await tus.append(address, 0, byTus.subarray(0, 15 * MIB));
    const chunks = await sendChunks(plan, byChunks);

    expect([sent.status, first.status, ...new Set(chunks.map(({ status }) => status))]).toEqual([
      202, 204, 200,
    ]);
  });

  it('answers 507 at every door, whether it knows the length or the disk says so in the middle', async () => {
    await expectFull(tus.append(address, 15 * MIB, byTus.subarray(15 * MIB)));
    await expectFull(chunked.finalize(plan.session_id));
    await expectFull(upload(service.url, { content: byTus }));
    await expectFull(uploadInPieces(service.url, byTus));
    await expectFull(tus.create({ 'upload-length': String(byTus.length) }));
    await expectFull(chunked.begin({ filename: 'talk.wav', file_size: byTus.length }));
    release = await fillUp();
    const chunks = await sendChunks(small, byTus);
    for (const answer of chunks) await expectFull(answer);
    expect(chunks).toHaveLength(2);
  });

  it('says that it is not ready, and by what', async () => {
    await waitFor(async () => (await readiness())[0] === 503, { what: 'the loss to be seen' });
    expect(await readiness()).toEqual([503, ['storage', 'disk']]);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });

  it('has what it acknowledged, and nothing half', async () => {
    expect(await tus.offset(address)).toBe(15 * MIB);
    expect(await chunked.status(plan.session_id)).toMatchObject({ missing_chunks: [] });
    const { media } = await jsonOf<MediaList>(await fetch(`${service.url}/media`));
    expect(media.map(({ media_id: id }) => id)).toEqual([filler.media_id]);
    expect(await readdir(onDisk('blobs', 'staging'))).toEqual([]);
  });

  it('goes on where it was when a recording was deleted, and ends with the right bytes', async () => {
    await release();
    await executeSql(database.url, `update jobs set status = 'completed', finished_at = now()`);
    const gone = await fetch(`${service.url}/media/${String(filler.media_id)}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    await waitFor(async () => (await readiness())[0] === 200, { what: 'the room to be seen' });

    const last = await tus.append(address, 15 * MIB, byTus.subarray(15 * MIB));
    expect([last.status, await storedHash(last.headers.get('x-job-id') ?? '')]).toEqual([
      204,
      sha256Of(byTus),
    ]);
    const finished = await jsonOf<FinalizedUpload>(await chunked.finalize(plan.session_id));
    expect(await storedHash(finished.job_id ?? '')).toBe(sha256Of(byChunks));
  });
});

describe('a service that is to leave some of its disk free', () => {
  const ROOM_MIB = 20;
  let file: File;

  beforeAll(async () => {
    await start(DISK_MIB - ROOM_MIB - 1);
    file = await longRecording(ROOM_MIB * 2 * MIB);
  }, 90_000);
  afterAll(stop);

  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(onDisk());
    return bavail * bsize;
  };

  it.each<[string, (url: string, bytes: File) => Promise<Response>]>([
    ['says how long it is', (url, bytes) => tus.append(url, 0, bytes)],
    ['does not', (url, bytes) => tus.appendInPieces(url, 0, bytes)],
  ])('stops a request there that %s, and keeps nothing of it', async (_which, append) => {
    const url = await tus.beginWithoutLength();
    await expectFull(append(url, file));

    expect(await tus.offset(url)).toBe(0);
    expect(await freeBytes()).toBeGreaterThan((DISK_MIB - ROOM_MIB) * MIB);
    expect((await append(url, file.subarray(0, MIB))).status).toBe(204);
    expect((await tus.ask('DELETE', url)).status).toBe(204);
  });

  it('stops a form there whose length nobody tells, and keeps nothing of it', async () => {
    await expectFull(uploadInPieces(service.url, file));

    expect(await freeBytes()).toBeGreaterThan((DISK_MIB - ROOM_MIB) * MIB);
    expect((await jsonOf<MediaList>(await fetch(`${service.url}/media`))).media).toEqual([]);
  });

  it('promises the same room to one request only', async () => {
    const urls = await Promise.all([1, 2].map(() => tus.beginWithoutLength()));
    const answers = await Promise.all(urls.map((url) => tus.append(url, 0, file.subarray(0, 12 * MIB))));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 507]);
    for (const url of urls) expect((await tus.ask('DELETE', url)).status).toBe(204);
  });

  it('asks whether a file that came in parts can be copied, before it does so', async () => {
    const part = file.subarray(0, 12 * MIB);
    const begun = await chunked.beginFor(part);
    for (let number = 0; number < begun.total_chunks; number += 1)
      expect((await chunked.send(begun.session_id, cut(part, begun, number))).status).toBe(200);
    await expectFull(chunked.finalize(begun.session_id));

    expect(await chunked.status(begun.session_id)).toMatchObject({
      status: 'assembling',
      waiting_for: 'storage_full',
    });
  });

  it('does not join what cannot be copied', async () => {
    await chunked.ask(
      'DELETE',
      (await jsonOf<UploadList>(await chunked.ask('GET', ''))).sessions[0]?.session_id ?? '',
    );
    const partial = await tus.create({ 'upload-length': String(12 * MIB), 'upload-concat': 'partial' });
    const url = tus.locationOf(partial);
    expect((await tus.append(url, 0, file.subarray(0, 12 * MIB))).status).toBe(204);

    await expectFull(tus.create({ 'upload-concat': `final;${url}` }));
    expect(await tus.offset(url)).toBe(12 * MIB);
  });
});
