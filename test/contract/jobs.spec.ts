/** What owners may do to their jobs, over HTTP and with a real worker. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobHistory, JobList } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LONG = 'clips/en/words_exact.flac';
const LIMIT_MS = 90_000;

const contract = new OpenApiContract();
let service: RunningService;

beforeAll(async () => {
  service = await startService();
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
});

async function ask(operationId: string, id: string, body?: object): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const response = await fetch(service.url + path.replace('{job_id}', id), {
    method: method.toUpperCase(),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

async function addJob(file: string): Promise<string> {
  return (await jsonOf<Job>(await upload(service.url, { file }))).job_id;
}

async function get(id: string): Promise<Job> {
  return jsonOf<Job>(await ask('getJob', id));
}

async function processing(): Promise<string> {
  const id = await addJob(LONG);
  await waitFor(async () => (await get(id)).status === 'processing');
  return id;
}

async function historyOf(id: string): Promise<string[]> {
  const { history } = await jsonOf<JobHistory>(await ask('getJobHistory', id));
  return history.map(({ reason }) => reason);
}

describe('a job', () => {
  it(
    'that is cancelled while it runs stops its worker, which takes the next one',
    async () => {
      const id = await processing();
      const next = await addJob(SHORT);
      const cancelled = await ask('cancelJob', id);

      expect([cancelled.status, (await jsonOf<Job>(cancelled)).status]).toEqual([200, 'cancelled']);
      expect((await ask('cancelJob', id)).status).toBe(200);
      await waitFor(async () => (await get(next)).status === 'completed');
      expect(await get(id)).toMatchObject({ status: 'cancelled', error: null, queue_position: null });
      expect(await historyOf(id)).toEqual(['created', 'claimed', 'cancelled']);
    },
    LIMIT_MS,
  );

  it(
    'that was cancelled can be tried again, also with other options',
    async () => {
      const id = await addJob(SHORT);
      await waitFor(async () => (await get(id)).status !== 'queued');
      const ended = await get(id);
      if (ended.status === 'processing') await ask('cancelJob', id);
      if ((await get(id)).status === 'cancelled') {
        const retried = await ask('retryJob', id, { language: 'fr' });
        expect([retried.status, (await jsonOf<Job>(retried)).language]).toEqual([202, 'fr']);
        await waitFor(async () => (await get(id)).status === 'completed');
      }

      expect((await get(id)).transcript).toMatch(/bonjour/i);
      expect((await problemOf(await ask('retryJob', id, {}))).code).toBe('job_not_retryable');
      expect((await problemOf(await ask('cancelJob', id))).code).toBe('job_not_active');
      expect((await problemOf(await ask('retryJob', id, { model: 'nonsense' }))).code).toBe('model_unknown');
    },
    LIMIT_MS,
  );

  it(
    'that waits can be put elsewhere in the queue, and deleted',
    async () => {
      const working = await processing();
      const [first, second] = [await addJob(SHORT), await addJob(SHORT)];
      expect((await get(first)).queue_position).toBe(1);
      const changed = await ask('changeJob', first, { priority: 'low' });

      expect([changed.status, await jsonOf<Job>(changed)]).toEqual([
        200,
        expect.objectContaining({ priority: 'low', queue_position: 2 }),
      ]);
      expect((await get(second)).queue_position).toBe(1);
      const third = await addJob(SHORT);
      await ask('changeJob', second, { priority: 'normal' });
      expect((await get(second)).queue_position).toBe(1);
      expect((await problemOf(await ask('changeJob', working, { priority: 'low' }))).code).toBe(
        'job_not_waiting',
      );
      for (const id of [first, second, third, working]) {
        expect((await ask('deleteJob', id)).status).toBe(200);
        expect((await ask('getJob', id)).status).toBe(404);
      }
      const { jobs } = await jsonOf<JobList>(await ask('listJobs', ''));
      expect(jobs.map(({ job_id: id }) => id)).not.toContain(working);
    },
    LIMIT_MS,
  );

  it.each(['getJobHistory', 'cancelJob', 'retryJob', 'deleteJob'])(
    'that does not exist is nothing to %s',
    async (operation) => {
      for (const id of [UNKNOWN_ID, 'not-an-id']) expect((await ask(operation, id)).status).toBe(404);
      expect((await ask(operation, '%E0%A4%A')).status).toBe(400);
    },
  );

  it.each([{}, { priority: 'urgent' }, { priority: null }, { status: 'completed', priority: 'low' }])(
    'is not changed by %j',
    async (body) => {
      expect((await ask('changeJob', UNKNOWN_ID, body)).status).toBe(422);
    },
  );
});

describe('the OpenAPI document', () => {
  it('describes no success of job control that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Job control')).toEqual([]);
  });
});
