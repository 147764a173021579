import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AdminModel, Job, ModelList } from '@whisper-transcriber/client-sdk';
import { getTranscript, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { openMiniatureHub, TINY } from '../support/miniature-model.js';
import { PRODUCTION, WITHOUT_REDIS } from '../support/production.js';
import { runServiceToEnd, startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SPEECH = 'docs/samples/sense-and-sensibility.wav';

async function pullTiny({ url }: RunningService): Promise<AdminModel> {
  await fetch(`${url}/admin/models/tiny/pull`, { method: 'POST' });
  const read = async (): Promise<AdminModel> => jsonOf<AdminModel>(await fetch(`${url}/admin/models/tiny`));
  await waitFor(async () => (await read()).state !== 'downloading');
  return read();
}

describe('a setting', () => {
  let hub: HubMirror | undefined;
  let service: RunningService | undefined;
  const folders: string[] = [];

  afterEach(async () => {
    await service?.stop();
    await hub?.close();
    hub = undefined;
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it('PUBLIC_URL stands before the links of every job', async () => {
    service = await startService({
      env: { PUBLIC_URL: 'https://speech.example/app/', ANONYMOUS_LOCAL: 'true', WORKER_EMBEDDED: 'false' },
    });
    const response = await upload(service.url, { file: SPEECH });
    const job = await jsonOf<Job>(response);

    expect(response.headers.get('location')).toBe(`https://speech.example/app/jobs/${job.job_id}`);
    expect(job.links.transcript).toBe(`https://speech.example/app/transcripts/${job.job_id}`);
  }, 90_000);

  it('MODEL_HUB_URL, MODEL_HUB_TOKEN and MODEL_REVISION say where models come from, DATA_DIR where they go', async () => {
    hub = await openMiniatureHub({ token: 'hf_token' });
    const MODEL_REVISION = hub.commitOf(TINY);
    service = await startService({
      env: { MODEL_HUB_URL: hub.url, MODEL_HUB_TOKEN: 'hf_token', MODEL_REVISION, WORKER_EMBEDDED: 'false' },
    });

    expect(await pullTiny(service)).toMatchObject({ state: 'ready', revision: MODEL_REVISION });
    expect(await readdir(path.join(service.dataDir, 'models', 'whisper-tiny'))).toContain('model.json');
  }, 90_000);

  it('MODEL_HUB_OFFLINE keeps the service from the hub', async () => {
    hub = await openMiniatureHub();
    service = await startService({
      env: { MODEL_HUB_URL: hub.url, MODEL_HUB_OFFLINE: 'true', WORKER_EMBEDDED: 'false' },
    });
    const refused = await fetch(`${service.url}/admin/models/tiny/pull`, { method: 'POST' });

    expect([refused.status, (await problemOf(refused)).code]).toEqual([409, 'hub_offline']);
    expect(hub.requests).toEqual([]);
  }, 90_000);

  it('WORKER_MEMORY_MB refuses a model that does not fit, with figures', async () => {
    service = await startService({ env: { WORKER_MEMORY_MB: '300' }, ready: false });
    const refused = await upload(service.url, { file: SPEECH });
    const { code, detail } = await problemOf(refused);

    expect([refused.status, code]).toEqual([409, 'model_too_large']);
    expect(detail).toMatch(/"base" needs \d\.\d\d GB of memory; on this machine it may use 0\.25/);
    const { default: byDefault, models } = await jsonOf<ModelList>(await fetch(`${service.url}/models`));
    expect([byDefault, models.find(({ name }) => name === 'base')?.memory?.fits]).toEqual(['base', false]);
    expect((await fetch(`${service.url}/health/readyz`)).status).toBe(503);
  }, 90_000);

  it('MODEL_DIR adds models, and WHISPER_MODEL makes one of them the default', async () => {
    const modelDir = await mkdtemp(path.join(tmpdir(), 'models-'));
    folders.push(modelDir);
    await cp(path.join(ROOT, 'models/whisper-base'), path.join(modelDir, 'whisper-small'), {
      recursive: true,
    });
    service = await startService({ env: { MODEL_DIR: modelDir, WHISPER_MODEL: 'small' } });

    expect((await jsonOf<ModelList>(await fetch(`${service.url}/models`))).default).toBe('small');
    const unnamed = await transcribe(service.url, { file: SPEECH });
    const named = await transcribe(service.url, { file: SPEECH, fields: { model: 'base' } });
    expect([unnamed.model, named.model]).toEqual(['small', 'base']);
    expect((await getTranscript(service.url, named.job_id)).model).toBe('base');
  }, 120_000);
});

describe('production', () => {
  const SECRETS = [
    'SECRET_KEY',
    'JWT_SECRET_KEY',
    'ADMIN_BOOTSTRAP_PASSWORD',
    'DATABASE_URL',
    'REDIS_URL',
    'REDIS_PASSWORD',
  ] as const;

  /** Which variables the one message is about, a line each. */
  const namedIn = (stderr: string): (string | undefined)[] =>
    stderr
      .trimEnd()
      .split('\n  ')
      .slice(1)
      .map((line) => line.split(' ', 1)[0]);

  it('does not start without its secrets, and misses all of them at once', async () => {
    const { code, stdout, stderr } = await runServiceToEnd({ NODE_ENV: 'production', PORT: '0' });

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^The configuration has 6 problems:\n/);
    expect(namedIn(stderr)).toEqual(SECRETS);
  }, 90_000);

  it('does not start with secrets that are none, and repeats none of them', async () => {
    const env = {
      NODE_ENV: 'production',
      PORT: '0',
      SECRET_KEY: `change-me-${PRODUCTION.SECRET_KEY}`,
      JWT_SECRET_KEY: 'short-jwt-Xk2',
      ADMIN_BOOTSTRAP_PASSWORD: 'the-same-Xk3-for-all',
      DATABASE_URL: 'postgresql://speech:the-same-Xk3-for-all@db.internal/speech',
      REDIS_URL: 'redis://:local-redis-password@redis.internal:6379/0',
      REDIS_PASSWORD: 'local-redis-password',
    };
    const { code, stdout, stderr } = await runServiceToEnd(env);

    expect([code, stdout]).toEqual([1, '']);
    expect(namedIn(stderr)).toEqual([
      'SECRET_KEY',
      'JWT_SECRET_KEY',
      'REDIS_URL',
      'REDIS_PASSWORD',
      'ADMIN_BOOTSTRAP_PASSWORD',
    ]);
    expect(stderr).toContain('ADMIN_BOOTSTRAP_PASSWORD and DATABASE_URL (its password) must differ');
    for (const secret of [...SECRETS.map((name) => env[name]), 'the-same-Xk3-for-all'])
      expect(stderr).not.toContain(secret);
  }, 90_000);

  it('starts with sound ones, and writes none of them into its log', async () => {
    const env = { ...PRODUCTION, ...WITHOUT_REDIS, DATABASE_URL: 'embedded', WORKER_EMBEDDED: 'false' };
    const service = await startService({ env });
    const { SECRET_KEY, JWT_SECRET_KEY, ADMIN_BOOTSTRAP_PASSWORD } = env;

    expect(await service.stop()).toBe(0);
    for (const secret of [SECRET_KEY, JWT_SECRET_KEY, ADMIN_BOOTSTRAP_PASSWORD])
      expect(service.log()).not.toContain(secret);
  }, 90_000);
});
