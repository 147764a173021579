import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, JobHistory } from '@whisper-transcriber/client-sdk';
import { jsonOf, transcribe, upload } from '../support/api-client.js';
import { findChild } from '../support/engine-process.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'clips/fr/bonjour_monde.wav';
const LIMIT_MS = 120_000;

let models: string;
let dataDir: string;
let service: RunningService;

beforeAll(async () => {
  models = await mkdtemp(path.join(tmpdir(), 'models-'));
  const bundled = path.resolve(import.meta.dirname, '../../models/whisper-base');
  await cp(bundled, path.join(models, 'whisper-small'), { recursive: true });
});

afterAll(() => rm(models, { recursive: true }));

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'model-loading-'));
  service = await start();
}, LIMIT_MS);

afterEach(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true });
}, LIMIT_MS);

const start = (): Promise<RunningService> =>
  startService({ dataDir, env: { MODEL_DIR: models, WHISPER_MODEL: 'base' } });

async function reasonsOf(id: string): Promise<string[]> {
  const { history } = await jsonOf<JobHistory>(await fetch(`${service.url}/jobs/${id}/history`));
  return history.map(({ reason }) => reason);
}

/** Another pull would do so, too: the same files, by other checksums. */
async function changeRevision(): Promise<void> {
  const sums = path.join(models, 'whisper-small/SHA256SUMS');
  const lines = (await readFile(sums, 'utf8')).trimEnd().split('\n');
  await writeFile(sums, `${lines.toReversed().join('\n')}\n`);
}

async function order(model: string): Promise<string> {
  return (await jsonOf<Job>(await upload(service.url, { file: SPEECH, fields: { model } }))).job_id;
}

async function get(id: string): Promise<Job> {
  return jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));
}

/** Orders a job of a model that is not loaded, and has the engine that is to load it hang. */
async function hangInLoading(): Promise<{ id: string; engine: number }> {
  const before = findChild(service.pid, 'engine.child');
  const id = await order('small');
  let engine: number | undefined;
  await waitFor(() => {
    engine = findChild(service.pid, 'engine.child');
    return engine !== undefined && engine !== before;
  });
  process.kill(engine ?? 0, 'SIGSTOP');
  expect((await get(id)).status).toBe('processing');
  return { id, engine: engine ?? 0 };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a job whose model is being loaded', () => {
  it(
    'goes back to the queue when the service is told to stop, which leaves no engine behind',
    async () => {
      const { id, engine } = await hangInLoading();
      expect(await service.stop()).toBe(0);
      expect(isAlive(engine)).toBe(false);

      service = await start();
      await waitFor(async () => (await reasonsOf(id)).includes('completed'), { limitMs: 60_000 });
      expect(await reasonsOf(id)).toEqual(['created', 'claimed', 'worker_stopping', 'claimed', 'completed']);
    },
    LIMIT_MS,
  );

  it(
    'holds up no other when it is cancelled',
    async () => {
      const { id, engine } = await hangInLoading();
      await fetch(`${service.url}/jobs/${id}/cancel`, { method: 'POST' });
      await waitFor(() => !isAlive(engine));

      expect((await transcribe(service.url, { file: SPEECH })).status).toBe('completed');
    },
    LIMIT_MS,
  );
});

describe('a model that is pulled anew', () => {
  it(
    'is loaded anew, and the history of a job that was ordered before says so',
    async () => {
      await transcribe(service.url, { file: SPEECH, fields: { model: 'small' } });
      const engine = findChild(service.pid, 'engine.child') ?? 0;
      process.kill(engine, 'SIGSTOP');
      const [running, waiting] = [await order('small'), await order('small')];
      await waitFor(async () => (await get(running)).progress.stage === 'transcribing');
      await changeRevision();
      process.kill(engine, 'SIGCONT');
      await waitFor(async () => (await get(waiting)).status === 'completed', { limitMs: 60_000 });

      expect(await reasonsOf(running)).toEqual(['created', 'claimed', 'completed']);
      expect(await reasonsOf(waiting)).toEqual(['created', 'claimed', 'model_changed', 'completed']);
      expect((await get(waiting)).model_revision).not.toBe((await get(running)).model_revision);
      expect(isAlive(engine)).toBe(false);
    },
    LIMIT_MS,
  );
});
