/** What administrators see of workers and do with them, over HTTP, through Redis and with a real engine. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Queue, Worker, WorkerList } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LONG = 'clips/en/words_exact.flac';
const LIMIT_MS = 90_000;

const contract = new OpenApiContract();
let redis: RedisServer;
let service: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  service = await startService({
    env: {
      REDIS_URL: redis.url,
      REDIS_PASSWORD: redis.password,
      WORKER_CONCURRENCY: '2',
      WORKER_THREADS: '1',
    },
  });
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await redis.stop();
});

async function ask(operationId: string, id = ''): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const response = await fetch(service.url + path.replace('{id}', id), { method: method.toUpperCase() });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

async function theWorker(): Promise<Worker> {
  const { workers } = await jsonOf<WorkerList>(await ask('listWorkers'));
  expect(workers).toHaveLength(1);
  return workers[0]!;
}

async function becomes(state: Worker['state']): Promise<void> {
  await waitFor(async () => (await theWorker()).state === state, { what: `the worker to be ${state}` });
}

const readQueue = async (): Promise<Queue> => jsonOf<Queue>(await ask('getQueue'));

async function addJob(file: string): Promise<string> {
  return (await jsonOf<Job>(await upload(service.url, { file }))).job_id;
}

async function statusOf(id: string): Promise<string> {
  return (await jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`))).status;
}

async function ends(id: string): Promise<void> {
  await waitFor(async () => (await statusOf(id)) === 'completed', {
    what: 'the job to end',
    limitMs: LIMIT_MS,
  });
}

async function seriesOf(name: string): Promise<string[]> {
  const text = await (await fetch(`${service.url}/metrics/`)).text();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('a worker', () => {
  it('shows what it is, and that it is active', async () => {
    await waitFor(async () => (await theWorker()).model !== null);

    expect(await theWorker()).toMatchObject({
      driver: 'bull',
      state: 'active',
      wanted_state: 'active',
      concurrency: 2,
      model: expect.any(String),
      job_ids: [],
    });
  });

  it(
    'that is paused takes no jobs until it is resumed; the figures of the queue show what waits',
    async () => {
      const { id } = await theWorker();
      expect(await jsonOf<Worker>(await ask('pauseWorker', id))).toMatchObject({ wanted_state: 'paused' });
      await becomes('paused');
      const job = await addJob(SHORT);
      expect(await readQueue()).toMatchObject({
        queued: 1,
        queued_by_priority: { high: 0, normal: 1, low: 0 },
        processing: 0,
        current_jobs: [],
      });
      expect(await seriesOf('whisper_jobs_queued{priority="normal"}')).toEqual([
        'whisper_jobs_queued{priority="normal"} 1',
      ]);
      expect(await statusOf(job)).toBe('queued');
      await ask('resumeWorker', id);
      await ends(job);

      expect(await readQueue()).toMatchObject({
        queued: 0,
        oldest_seconds: 0,
        last_hour: { completed: 1, failed: 0, realtime_factor: expect.any(Number) },
      });
      await becomes('active');
    },
    LIMIT_MS,
  );

  it(
    'works on two jobs at the same time, and that is drained finishes them and takes no more',
    async () => {
      const { id } = await theWorker();
      const jobs = [await addJob(LONG), await addJob(LONG)];
      await waitFor(async () => (await theWorker()).job_ids.length === 2);
      const { processing, current_jobs: current } = await readQueue();
      expect([processing, current.map(({ worker_id }) => worker_id)]).toEqual([2, [id, id]]);
      await ask('drainWorker', id);
      const late = await addJob(SHORT);
      for (const job of jobs) await ends(job);
      await becomes('drained');
      expect(await statusOf(late)).toBe('queued');

      await ask('resumeWorker', id);
      await ends(late);
    },
    LIMIT_MS,
  );

  it('that does not exist can be told nothing', async () => {
    for (const operationId of ['pauseWorker', 'resumeWorker', 'drainWorker'])
      for (const id of [UNKNOWN_ID, 'not-an-id']) expect((await ask(operationId, id)).status).toBe(404);
  });
});

describe('the metrics', () => {
  it('tell of jobs what scaling and alerts need', async () => {
    const text = await (await fetch(`${service.url}/metrics/`)).text();
    const valueOf = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );

    expect(valueOf('whisper_job_duration_seconds_count')).toBe(4);
    expect(valueOf('whisper_audio_seconds_total')).toBeGreaterThan(0);
    expect(valueOf('whisper_realtime_factor')).toBeGreaterThan(0);
    expect(valueOf('whisper_jobs_total{status="completed"}')).toBe(4);
    expect(valueOf('whisper_jobs_oldest_seconds')).toBe(0);
    expect(valueOf('whisper_job_queue_depth')).toBe(0);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success about workers that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Workers')).toEqual([]);
  });
});
