/** Jobs that are ordered together, over HTTP and with a real worker. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Batch, BatchList, Job, JobList, Media } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LONG = 'clips/en/words_exact.flac';
const LIMIT_MS = 90_000;

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;
let short: string;
let long: string;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({ env: { MAX_BATCH_ITEMS: '3', DATABASE_URL: database.url } });
  short = await store(SHORT);
  long = await store(LONG);
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await database.close();
});

async function store(file: string): Promise<string> {
  return (await jsonOf<Media>(await upload(service.url, { path: '/media', file }))).media_id;
}

async function create(body: object, key?: string): Promise<Response> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const response = await postJson(`${service.url}/jobs/batch`, body, headers);
  expect(await contract.findFaults('createBatch', response.clone())).toEqual([]);
  return response;
}

async function ask(operationId: string, id = ''): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const response = await fetch(service.url + path.replace('{batch_id}', id), {
    method: method.toUpperCase(),
  });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

async function jobsOf(batchId: string): Promise<Job[]> {
  const url = `${service.url}/jobs?batch_id=${batchId}`;
  return (await jsonOf<JobList>(await fetch(url))).jobs as Job[];
}

function isCompleted(id: string): (job: Job) => boolean {
  return ({ job_id: jobId, status }) => jobId === id && status === 'completed';
}

describe('a batch', () => {
  it(
    'has a job for each recording, and tells how far all are and what was refused',
    async () => {
      const response = await create({ media_ids: [short, UNKNOWN_ID, long], language: 'fr', name: 'Talks' });
      const batch = await jsonOf<Batch>(response);

      expect([response.status, response.headers.get('location')]).toEqual([
        202,
        `/jobs/batches/${batch.batch_id}`,
      ]);
      expect(batch).toMatchObject({
        name: 'Talks',
        accepted: [
          { position: 0, media_id: short, filename: 'bonjour_monde.wav' },
          { position: 2, media_id: long, filename: 'words_exact.flac' },
        ],
        refused: [{ position: 1, media_id: UNKNOWN_ID, filename: null, code: 'media_not_found' }],
      });
      const jobs = await jobsOf(batch.batch_id);
      expect(jobs.map(({ media_id: id }) => id).toSorted()).toEqual([short, long].toSorted());
      expect(jobs.map(({ language, batch_id: id }) => [language, id])).toEqual([
        ['fr', batch.batch_id],
        ['fr', batch.batch_id],
      ]);
      const get = async (): Promise<Batch> => jsonOf<Batch>(await ask('getBatch', batch.batch_id));
      await waitFor(async () => (await get()).jobs.completed === 2, { limitMs: LIMIT_MS });
      expect(await get()).toMatchObject({
        jobs: { queued: 0, processing: 0, completed: 2, failed: 0, cancelled: 0 },
        progress: { percent: 100, estimated_end_at: null },
      });
    },
    LIMIT_MS,
  );

  it(
    'is cancelled with all of its jobs that have not ended',
    async () => {
      const { batch_id: id } = await jsonOf<Batch>(await create({ media_ids: [long, short] }));
      const cancelled = await jsonOf<Batch>(await ask('cancelBatch', id));

      expect(cancelled.jobs).toMatchObject({ queued: 0, processing: 0 });
      expect((await jobsOf(id)).map(({ status }) => status)).toContain('cancelled');
      const { batches, total } = await jsonOf<BatchList>(await ask('listBatches'));
      expect([batches[0]?.batch_id, total]).toEqual([id, batches.length]);
    },
    LIMIT_MS,
  );

  it(
    'tries those of its jobs again that failed, and no others',
    async () => {
      const { batch_id: id } = await jsonOf<Batch>(await create({ media_ids: [long, short] }));
      await ask('cancelBatch', id);
      const failed = (await jobsOf(id)).find(({ status }) => status === 'cancelled')?.job_id ?? '';
      await executeSql(
        database.url,
        `update jobs set status = 'failed', error_code = 'worker_lost', finished_at = now() where id = '${failed}'`,
      );
      const before = await jobsOf(id);
      const response = await ask('retryBatch', id);

      expect([response.status, (await jsonOf<Batch>(response)).jobs.failed]).toEqual([202, 0]);
      await waitFor(async () => (await jobsOf(id)).some(isCompleted(failed)), { limitMs: LIMIT_MS });
      const others = (jobs: Job[]): unknown[] =>
        jobs
          .filter(({ job_id: jobId }) => jobId !== failed)
          .map(({ job_id: jobId, status }) => [jobId, status]);
      expect(others(await jobsOf(id))).toEqual(others(before));
      // Nothing has failed any more: nothing happens.
      expect((await jsonOf<Batch>(await ask('retryBatch', id))).jobs).toMatchObject({ queued: 0, failed: 0 });
    },
    LIMIT_MS,
  );

  it(
    'is deleted with its jobs once all have ended, and leaves the recordings',
    async () => {
      const { batch_id: id } = await jsonOf<Batch>(await create({ media_ids: [long, short] }));
      const early = await ask('deleteBatch', id);
      expect([early.status, (await problemOf(early)).code]).toEqual([409, 'batch_not_ended']);
      expect(await jobsOf(id)).toHaveLength(2);
      await ask('cancelBatch', id);
      const jobs = await jobsOf(id);

      expect((await ask('deleteBatch', id)).status).toBe(200);
      expect((await ask('getBatch', id)).status).toBe(404);
      for (const { job_id: jobId } of jobs)
        expect((await fetch(`${service.url}/jobs/${jobId}`)).status).toBe(404);
      for (const mediaId of [short, long])
        expect((await fetch(`${service.url}/media/${mediaId}`, { method: 'HEAD' })).status).toBe(200);
    },
    LIMIT_MS,
  );

  it('is made once, however often it is asked for under one key', async () => {
    const [first, again] = [
      await create({ media_ids: [short] }, 'k1'),
      await create({ media_ids: [short] }, 'k1'),
    ];
    const { batch_id: id } = await jsonOf<Batch>(first);

    expect([(await jsonOf<Batch>(again)).batch_id, again.headers.get('idempotency-replayed')]).toEqual([
      id,
      'true',
    ]);
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it.each<[object, string]>([
    [{ media_ids: [] }, 'validation_failed'],
    [{ media_ids: [UNKNOWN_ID, UNKNOWN_ID.toUpperCase()] }, 'validation_failed'],
    [{ media_ids: ['x'] }, 'validation_failed'],
    [{ media_ids: [UNKNOWN_ID], name: 'a\0' }, 'validation_failed'],
    [{ media_ids: [UNKNOWN_ID] }, 'batch_refused'],
    [{ media_ids: [UNKNOWN_ID], model: 'huge' }, 'model_unknown'],
    [{ media_ids: [UNKNOWN_ID], callback_url: 'ftp://example.com' }, 'url_invalid'],
    [{ media_ids: [1, 2, 3, 4].map((i) => UNKNOWN_ID.replace(/.$/, String(i))) }, 'too_many_items'],
  ])('is not made of %j', async (body, code) => {
    const response = await create(body);

    expect([response.status, (await problemOf(response)).code]).toEqual([422, code]);
  });

  it.each(['getBatch', 'cancelBatch', 'retryBatch', 'deleteBatch'])(
    'that does not exist is nothing to %s',
    async (operation) => {
      for (const id of [UNKNOWN_ID, 'not-an-id']) expect((await ask(operation, id)).status).toBe(404);
      expect((await ask(operation, '%E0%A4%A')).status).toBe(400);
    },
  );
});

describe('the OpenAPI document', () => {
  it('describes no success of batches that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Batches')).toEqual([]);
  });
});
