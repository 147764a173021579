/** Batches of files that come in one form, over HTTP. */
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BatchList, JobList, MediaList, OrderedBatch } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, problemOf } from '../support/api-client.js';
import { DatabaseGate } from '../support/database-gate.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;
const LIMIT_MS = 90_000;
const SHORT = 'clips/fr/bonjour_monde.wav';
const OTHER = 'clips/en/librivox_0880.wav';
const KEEPS_ANSWER = 'before update of answer on idempotency_keys for each row when (new.answer is not null)';

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;

type File = string | Buffer<ArrayBuffer>;

async function start(env: Readonly<Record<string, string>> = {}, dataDir?: string): Promise<void> {
  service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      MAX_BATCH_ITEMS: '5',
      MAX_UPLOAD_MB: '1',
      ...env,
    },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
}

beforeEach(async () => {
  database = await openOnServer();
}, LIMIT_MS);

afterEach(async () => {
  await service.stop();
  await database.close();
}, LIMIT_MS);

async function formOf(
  files: readonly File[],
  fields: Readonly<Record<string, string>> = {},
): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const file of files) {
    const bytes = typeof file === 'string' ? await readFile(fixturePath(file)) : file;
    form.append('files', new Blob([new Uint8Array(bytes)]), typeof file === 'string' ? file : 'made.wav');
  }
  return form;
}

async function send(
  files: readonly File[],
  fields: Readonly<Record<string, string>> = {},
  key?: string,
): Promise<Response> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const body = await formOf(files, fields);
  const response = await fetch(`${service.url}/jobs/batch`, { method: 'POST', body, headers });
  expect(await contract.findFaults('createBatch', response.clone())).toEqual([]);
  return response;
}

async function countAll(): Promise<{ batches: number; jobs: number; media: number; blobs: number }> {
  const read = async <T>(what: string): Promise<T> => jsonOf<T>(await fetch(`${service.url}/${what}`));
  const stored = await readdir(path.join(service.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return {
    batches: (await read<BatchList>('jobs/batches')).total,
    jobs: (await read<JobList>('jobs')).total,
    media: (await read<MediaList>('media')).total,
    blobs: stored.filter((entry) => entry.isFile()).length,
  };
}

const NOTHING = { batches: 0, jobs: 0, media: 0, blobs: 0 };

describe('a batch of files', () => {
  it(
    'tells of each what became of it, and a bad one loses none of the others',
    async () => {
      await start();
      const tooLarge = await longRecording(MIB + 2);
      const files = [SHORT, 'bad/random.flac', tooLarge, 'bad/empty.wav', OTHER];
      const response = await send(files, { language: 'fr', name: 'Talks' });
      const batch = await jsonOf<OrderedBatch>(response);

      expect([response.status, response.headers.get('location')]).toEqual([
        202,
        `/jobs/batches/${batch.batch_id}`,
      ]);
      expect(batch).toMatchObject({ name: 'Talks', jobs: { queued: 2 } });
      expect(batch.refused.map(({ position, filename, code }) => [position, filename, code])).toEqual([
        [1, 'random.flac', 'unsupported_media'],
        [2, 'made.wav', 'file_too_large'],
        [3, 'empty.wav', 'empty_file'],
      ]);
      const { jobs } = await jsonOf<JobList>(
        await fetch(`${service.url}/jobs?batch_id=${batch.batch_id}&sort=created_at`),
      );
      expect(jobs).toMatchObject(
        batch.accepted.map(({ job_id, media_id, filename }) => ({
          job_id,
          media_id,
          original_filename: filename,
          language: 'fr',
        })),
      );
      expect(batch.accepted.map(({ position, filename }) => [position, filename])).toEqual([
        [0, 'bonjour_monde.wav'],
        [4, 'librivox_0880.wav'],
      ]);
      expect(await countAll()).toEqual({ batches: 1, jobs: 2, media: 2, blobs: 2 });
    },
    LIMIT_MS,
  );

  it(
    'stores what is in it twice once, and has a job for each',
    async () => {
      await start();
      const batch = await jsonOf<OrderedBatch>(await send([SHORT, SHORT]));

      expect(batch.accepted).toHaveLength(2);
      await waitFor(async () => (await countAll()).blobs === 1);
      expect(await countAll()).toEqual({ batches: 1, jobs: 2, media: 2, blobs: 1 });
    },
    LIMIT_MS,
  );

  it(
    'refuses the files that its owner has no room for',
    async () => {
      await start({ MAX_ACTIVE_JOBS_PER_USER: '1' });
      const batch = await jsonOf<OrderedBatch>(await send([SHORT, OTHER]));

      expect([batch.accepted, batch.refused]).toMatchObject([
        [{ position: 0 }],
        [{ position: 1, code: 'too_many_active_jobs' }],
      ]);
      expect(await countAll()).toEqual({ batches: 1, jobs: 1, media: 1, blobs: 1 });
    },
    LIMIT_MS,
  );

  it(
    'is not made where nothing can be accepted, or the form is wrong, and leaves nothing',
    async () => {
      await start();
      const cases: [files: File[], fields: Record<string, string>, status: number, code: string][] = [
        [['bad/random.flac', 'bad/empty.wav'], {}, 422, 'batch_refused'],
        [[SHORT, SHORT, SHORT, SHORT, SHORT, SHORT], {}, 422, 'too_many_items'],
        [[SHORT], { model: 'huge' }, 422, 'model_unknown'],
        [[SHORT], { colour: 'red' }, 422, 'validation_failed'],
        [[], { language: 'fr' }, 422, 'file_missing'],
      ];
      for (const [files, fields, status, code] of cases) {
        const response = await send(files, fields);
        expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
      }
      expect(await countAll()).toEqual(NOTHING);
    },
    LIMIT_MS,
  );

  it(
    'may be larger than one file, and is refused before it is sent when it is larger than all',
    async () => {
      await start();
      const parts = Array.from({ length: 4 }, (_, i) => longRecording(700 * 1024 + 2 * i));
      expect((await jsonOf<OrderedBatch>(await send(await Promise.all(parts)))).accepted).toHaveLength(4);

      expect(await announce(4 * MIB)).toBe('continued');
      expect(await announce(6 * MIB)).toBe(413);
    },
    LIMIT_MS,
  );

  it(
    'of which the client sent only a part leaves nothing, and is made when it is sent again',
    async () => {
      await start();
      const whole = new Response(await formOf([SHORT, OTHER]));
      const contentType = whole.headers.get('content-type') ?? '';
      const body = Buffer.from(await whole.arrayBuffer());
      const headers = { 'content-type': contentType, 'content-length': body.length };
      const sending = request(`${service.url}/jobs/batch`, { method: 'POST', headers });
      sending.on('error', () => undefined).write(body.subarray(0, body.length - 1000));
      await waitFor(async () => (await countAll()).blobs > 0, { what: 'the first file to be stored' });
      sending.destroy();

      await waitFor(async () => (await countAll()).blobs === 0);
      expect(await countAll()).toEqual(NOTHING);
      expect((await send([SHORT, OTHER], {}, 'k')).status).toBe(202);
    },
    LIMIT_MS,
  );
});

describe('a batch of files under an Idempotency-Key', () => {
  it(
    'is made once, and another one is refused',
    async () => {
      await start();
      const first = await jsonOf<OrderedBatch>(await send([SHORT, 'bad/random.flac'], {}, 'k'));
      const again = await send([SHORT, 'bad/random.flac'], {}, 'k');

      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await jsonOf<OrderedBatch>(again)).toEqual(first);
      for (const [files, fields] of [
        [['bad/random.flac', SHORT], {}],
        [[OTHER, 'bad/random.flac'], {}],
        [[SHORT, 'bad/random.flac'], { language: 'fr' }],
      ] as const) {
        const response = await send(files, fields, 'k');
        expect([response.status, (await problemOf(response)).code]).toEqual([422, 'idempotency_key_reused']);
      }
      expect(await countAll()).toEqual({ batches: 1, jobs: 1, media: 1, blobs: 1 });
    },
    LIMIT_MS,
  );

  it(
    'is all there after the service was killed before it answered, and is answered to who asks again',
    async () => {
      await start();
      const { dataDir } = service;
      const gate = await DatabaseGate.close(database.url, KEEPS_ANSWER);
      const lost = send([SHORT, 'bad/random.flac', OTHER], {}, 'k').catch(() => 'lost');
      await waitFor(async () => (await gate.countWaiting()) === 1);
      await service.kill();
      await gate.openForOthers();
      expect(await lost).toBe('lost');
      await start({}, dataDir);
      await executeSql(database.url, 'update idempotency_keys set lease_expires_at = now()');

      const batch = await jsonOf<OrderedBatch>(await send([SHORT, 'bad/random.flac', OTHER], {}, 'k'));
      expect(batch).toMatchObject({
        accepted: [{ position: 0 }, { position: 2 }],
        refused: [{ position: 1, code: 'unsupported_media' }],
      });
      expect(await countAll()).toEqual({ batches: 1, jobs: 2, media: 2, blobs: 2 });
    },
    LIMIT_MS,
  );
});

/** Asks whether a form of this length may be sent: "continued", or the status that says no. */
function announce(length: number): Promise<number | 'continued' | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': length,
      expect: '100-continue',
    };
    const sent = request(`${service.url}/jobs/batch`, { method: 'POST', headers });
    sent.on('continue', () => {
      resolve('continued');
      sent.destroy();
    });
    sent.on('response', ({ statusCode }) => {
      resolve(statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
}
