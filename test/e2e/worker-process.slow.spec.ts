import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, JobHistory, PartialTranscript, Transcript } from '@whisper-transcriber/client-sdk';
import { getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { runServiceToEnd, startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
/** Three minutes: several pieces of text. */
const RECORDING_BYTES = 3 * 60 * 32_000;
const LIMIT_MS = 240_000;

let database: TestDatabase;
let redis: RedisServer;
let dataDir: string;
let running: RunningService[];

beforeEach(async () => {
  database = await openOnServer();
  redis = await startRedis();
  dataDir = await mkdtemp(join(tmpdir(), 'worker-process-'));
  running = [];
}, LIMIT_MS);

afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
  await database.close();
}, LIMIT_MS);

const withRedis = (): Record<string, string> => ({ REDIS_URL: redis.url, REDIS_PASSWORD: redis.password });

async function start(program: 'service' | 'worker', env: Record<string, string>): Promise<RunningService> {
  const basics = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' };
  const service = await startService({ program, dataDir, env: { ...basics, ...env } });
  running.push(service);
  return service;
}

async function getJob(api: RunningService, id: string): Promise<Job> {
  return jsonOf<Job>(await fetch(`${api.url}/jobs/${id}`));
}

async function reasonsOf(api: RunningService, id: string): Promise<string[]> {
  const { history } = await jsonOf<JobHistory>(await fetch(`${api.url}/jobs/${id}/history`));
  return history.map(({ reason }) => reason);
}

async function partOf(api: RunningService, id: string): Promise<PartialTranscript> {
  return jsonOf<PartialTranscript>(await fetch(`${api.url}/transcripts/${id}/partial`));
}

async function begin(api: RunningService, content: Uint8Array): Promise<string> {
  const { job_id: id } = await jsonOf<Job>(await upload(api.url, { content }));
  await waitFor(async () => (await partOf(api, id)).segments.length > 0, { what: 'the first text' });
  return id;
}

async function completed(api: RunningService, id: string): Promise<Transcript> {
  const status = async (): Promise<string> => (await getJob(api, id)).status;
  await waitFor(async () => (await status()) === 'completed', { limitMs: LIMIT_MS, what: 'the job to end' });
  return { ...(await getTranscript(api.url, id)), job_id: '' };
}

describe('a worker process', () => {
  it(
    'transcribes what the API process accepts, through Redis, and stops in order',
    async () => {
      const api = await start('service', withRedis());
      const worker = await start('worker', withRedis());
      const job = await transcribe(api.url, { file: SPEECH });

      expect(job.status).toBe('completed');
      expect((await getTranscript(api.url, job.job_id)).text).not.toBe('');
      expect(worker.log()).toContain('"Job started"');
      expect(api.log()).not.toContain('"Job started"');
      expect(await worker.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'has no routes but those for its health and its metrics',
    async () => {
      const worker = await start('worker', withRedis());
      const statusOf = async (path: string): Promise<number> => (await fetch(worker.url + path)).status;

      expect(await Promise.all(['/livez', '/readyz', '/startupz', '/metrics/'].map(statusOf))).toEqual([
        200, 200, 200, 200,
      ]);
      expect(await Promise.all(['/jobs', '/', '/docs', '/admin/users', '/auth/login'].map(statusOf))).toEqual(
        [404, 404, 404, 404, 404],
      );
    },
    LIMIT_MS,
  );

  it(
    'tells nothing of requests, by which the alert WhisperApiGone knows API processes',
    async () => {
      const worker = await start('worker', withRedis());
      const text = await (await fetch(`${worker.url}/metrics/`)).text();

      expect(text).toMatch(/^whisper_ready\{/m);
      expect(text).not.toContain('whisper_http_');
    },
    LIMIT_MS,
  );

  it(
    'lives whatever is away, and is ready while it reaches its Redis',
    async () => {
      const worker = await start('worker', withRedis());
      const healthAt = async (path: string): Promise<unknown> => {
        const answer = await fetch(worker.url + path);
        return [answer.status, await answer.json()];
      };
      const isReady = async (): Promise<boolean> => (await fetch(`${worker.url}/readyz`)).ok;
      expect(await healthAt('/livez')).toEqual([200, { status: 'ok' }]);
      expect(await healthAt('/readyz')).toMatchObject([200, { info: { queue: { status: 'up' } } }]);

      await redis.kill();
      await waitFor(async () => !(await isReady()), { what: 'the loss to be seen' });
      expect(await healthAt('/readyz')).toMatchObject([503, { error: { queue: { status: 'down' } } }]);
      expect(await healthAt('/livez')).toEqual([200, { status: 'ok' }]);

      await redis.startAgain();
      await waitFor(isReady, { what: 'the worker to be ready again' });
    },
    LIMIT_MS,
  );

  it(
    'works without Redis, too, where all use one PostgreSQL',
    async () => {
      const api = await start('service', {});
      await start('worker', {});

      expect((await transcribe(api.url, { file: SPEECH })).status).toBe('completed');
    },
    LIMIT_MS,
  );

  it('says in one line that it needs a database which several processes can use', async () => {
    const { code, stderr } = await runServiceToEnd({ WORKER_PORT: '0' }, 'worker');

    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('set DATABASE_URL')]);
  }, 60_000);
});

describe('a job in a worker process', () => {
  it(
    'goes on in another one when its own is killed, and in the next when that is stopped, and gives the same text',
    async () => {
      const recording = await longRecording(RECORDING_BYTES);
      const api = await start('service', withRedis());
      const first = await start('worker', withRedis());
      const { job_id: undisturbed } = await transcribe(api.url, { content: recording });
      const id = await begin(api, recording);
      await first.kill();
      const second = await start('worker', withRedis());
      await waitFor(async () => (await reasonsOf(api, id)).filter((why) => why === 'claimed').length === 2, {
        limitMs: 90_000,
        what: 'the second worker to take the job',
      });
      expect(await second.stop()).toBe(0);
      await start('worker', withRedis());

      expect(await completed(api, id)).toEqual(await completed(api, undisturbed));
      expect(await reasonsOf(api, id)).toEqual([
        'created',
        'claimed',
        'worker_lost',
        'claimed',
        'worker_stopping',
        'claimed',
        'completed',
      ]);
    },
    LIMIT_MS,
  );

  it(
    'is accepted while Redis is away, which the probe says, and done when it is back',
    async () => {
      const api = await start('service', withRedis());
      await start('worker', withRedis());
      await redis.kill();
      const answer = await upload(api.url, { file: SPEECH });
      expect(answer.status).toBe(202);
      const { job_id: id } = await jsonOf<Job>(answer);
      await waitFor(async () => !(await fetch(`${api.url}/readyz`)).ok, { what: 'the loss to be seen' });
      const ready = await fetch(`${api.url}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([
        503,
        { error: { queue: { status: 'down' } } },
      ]);
      await redis.startAgain();

      expect((await completed(api, id)).text).not.toBe('');
      await waitFor(async () => (await fetch(`${api.url}/readyz`)).ok);
    },
    LIMIT_MS,
  );
});

describe('a Redis that throws keys away when it is full', () => {
  it('is refused, with the name of what has to be set', async () => {
    const forgetful = await startRedis({ policy: 'allkeys-lru' });
    const env = { REDIS_URL: forgetful.url, REDIS_PASSWORD: forgetful.password, DATABASE_URL: database.url };
    const { code, stderr } = await runServiceToEnd({ ...env, PORT: '0', DATA_DIR: dataDir });
    await forgetful.stop();

    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
  }, 60_000);
});
