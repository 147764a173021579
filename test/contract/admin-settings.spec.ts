/** Settings that administrators change while the service runs, seen by every process on the same database. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEventList, ModelList, Setting, SettingList, Usage } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 90_000;
const SPEECH = 'docs/samples/sense-and-sensibility.wav';

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;
let second: RunningService;
let worker: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', MAX_ACTIVE_JOBS_PER_USER: '7' };
  service = await startService({ env });
  [second, worker] = await Promise.all([
    startService({ env }),
    startService({ env: { DATABASE_URL: database.url }, program: 'worker' }),
  ]);
}, LIMIT_MS);

afterAll(async () => {
  await Promise.all([service, second, worker].map((running) => running.stop()));
  await database.close();
}, LIMIT_MS);

afterEach(async () => {
  const names = (await list()).filter(({ changed_at: at }) => at !== null).map(({ name }) => name);
  await change(Object.fromEntries(names.map((name) => [name, null])));
});

async function list(url = service.url): Promise<Setting[]> {
  const response = await fetch(`${url}/admin/settings`);
  expect(await contract.findFaults('listSettings', response.clone())).toEqual([]);
  return (await jsonOf<SettingList>(response)).settings;
}

async function change(values: object): Promise<Response> {
  const response = await fetch(`${service.url}/admin/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ values }),
  });
  expect(await contract.findFaults('changeSettings', response.clone())).toEqual([]);
  return response;
}

const find = async (name: string): Promise<Setting | undefined> =>
  (await list()).find((setting) => setting.name === name);

const read = async <T>(path: string, url = service.url): Promise<T> => jsonOf<T>(await fetch(url + path));

describe('the settings that can be changed', () => {
  it('say what holds, what the environment says, and what they may be', async () => {
    expect(await find('MAX_ACTIVE_JOBS_PER_USER')).toEqual({
      name: 'MAX_ACTIVE_JOBS_PER_USER',
      description: expect.stringContaining('Jobs of one user'),
      value: '7',
      start_value: '7',
      choices: null,
      minimum: 0,
      maximum: 1_000_000,
      changed_at: null,
      changed_by: null,
    });
    expect(await find('LOG_LEVEL')).toMatchObject({
      value: 'trace',
      choices: expect.arrayContaining(['debug']),
    });
  });

  it('hold at once, tell by whom they were changed, and go back to what the environment says', async () => {
    expect((await change({ MAX_ACTIVE_JOBS_PER_USER: '1', STORAGE_QUOTA_MB: '50' })).status).toBe(200);

    expect(await read<Usage>('/usage')).toMatchObject({
      active_jobs_limit: 1,
      storage_bytes_limit: 50 * 2 ** 20,
    });
    expect(await find('MAX_ACTIVE_JOBS_PER_USER')).toMatchObject({
      value: '1',
      start_value: '7',
      changed_at: expect.any(String),
      changed_by: { username: 'local' },
    });

    await change({ MAX_ACTIVE_JOBS_PER_USER: null });

    expect(await read<Usage>('/usage')).toMatchObject({ active_jobs_limit: 7 });
    expect(await find('MAX_ACTIVE_JOBS_PER_USER')).toMatchObject({ value: '7', changed_by: null });
  });

  it('decide about the next upload', async () => {
    await change({ MAX_AUDIO_MINUTES_PER_DAY: '1', STORAGE_QUOTA_MB: '1' });
    const accepted = await upload(service.url, { file: SPEECH });
    await change({ MAX_ACTIVE_JOBS_PER_USER: '1' });
    const refused = await upload(service.url, { file: SPEECH });

    expect(accepted.status).toBe(202);
    expect((await problemOf(refused)).code).toBe('too_many_active_jobs');
  });

  it('count the requests of this minute by their new number', async () => {
    await change({ RATE_LIMIT_USER_PER_MINUTE: '400' });
    const { headers } = await fetch(`${service.url}/jobs`);

    expect(headers.get('ratelimit-policy')).toContain('"user";q=400;w=60');
  });

  it('reach the other processes, also those that only work', async () => {
    await change({ MAX_ACTIVE_JOBS_PER_USER: '3', WHISPER_MODEL: 'base' });

    await waitFor(async () => (await read<Usage>('/usage', second.url)).active_jobs_limit === 3, {
      what: 'the second process to follow',
    });
    await waitFor(() => worker.log().includes('"settings":["WHISPER_MODEL"'), {
      what: 'the worker to follow',
    });
  });

  it(
    'hold from the start of a process that comes later',
    async () => {
      await change({ MAX_ACTIVE_JOBS_PER_USER: '4' });
      const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', MAX_ACTIVE_JOBS_PER_USER: '9' };
      const third = await startService({ env });
      try {
        expect((await read<Usage>('/usage', third.url)).active_jobs_limit).toBe(4);
        expect((await list(third.url)).find(({ name }) => name === 'MAX_ACTIVE_JOBS_PER_USER')).toMatchObject(
          {
            start_value: '9',
            value: '4',
          },
        );
      } finally {
        await third.stop();
      }
    },
    LIMIT_MS,
  );

  it('change what is logged', async () => {
    const count = (): number => service.log().split('"Request completed"').length;
    await change({ LOG_LEVEL: 'error' });
    const before = count();
    await read('/jobs');
    await change({ LOG_LEVEL: 'info' });
    await read('/jobs');

    // The second of the two changes is under way while it puts the level back: it may be told or not.
    await waitFor(() => count() > before, { what: 'the log to go on' });
    expect(count() - before).toBeLessThanOrEqual(2);
  });

  it('are told in the audit trail, one by one, and only where something changed', async () => {
    await change({ MAX_UPLOADS_PER_USER: '20' });
    await change({ MAX_UPLOADS_PER_USER: '20', RATE_LIMIT_PIECES_PER_MINUTE: null });
    await change({ MAX_UPLOADS_PER_USER: null });
    const { events } = await read<AuditEventList>(
      '/admin/audit?action=setting.changed&object_id=MAX_UPLOADS_PER_USER',
    );

    expect(events.map(({ details }) => details)).toEqual([
      { before: '20', after: '250' },
      { before: '250', after: '20' },
    ]);
  });
});

describe('a change of settings', () => {
  it('takes back what another version stored and this one does not understand', async () => {
    const store = (): Promise<void> =>
      executeSql(database.url, `insert into changed_settings values ('LOG_LEVEL', 'loud', null, now())`);
    await store();
    expect((await find('LOG_LEVEL'))?.changed_at).toBeNull();
    await change({ LOG_LEVEL: null });
    // It would be there twice.
    await store();
    await change({ LOG_LEVEL: null });
  });

  it('is refused as a whole, in the words of the start, with the place of each fault', async () => {
    const response = await change({
      MAX_ACTIVE_JOBS_PER_USER: 'many',
      LOG_LEVEL: 'loud',
      MEDIA_RETENTION: '0d',
      RATE_LIMIT_USER_PER_MINUTE: '1',
      MAX_UPLOADS_PER_USER: 5,
      SECRET_KEY: 'x',
      STORAGE_QUOTA_MB: '5',
    });

    expect(response.status).toBe(422);
    expect((await problemOf(response)).errors).toEqual([
      { field: 'values.MAX_ACTIVE_JOBS_PER_USER', message: 'must be a whole number from 0 to 1000000' },
      { field: 'values.LOG_LEVEL', message: 'must be one of fatal, error, warn, info, debug, trace' },
      {
        field: 'values.MEDIA_RETENTION',
        message: 'must be keep, after-job, or a number of days from 1d to 3650d',
      },
      {
        field: 'values.RATE_LIMIT_USER_PER_MINUTE',
        message: 'must be 0 or at least 300, so that it can be changed again; less only in the environment',
      },
      {
        field: 'values.MAX_UPLOADS_PER_USER',
        message: 'must be text, as it is written in the environment, or null',
      },
      { field: 'values.SECRET_KEY', message: expect.stringMatching(/^is none of WHISPER_MODEL, /) },
    ]);
    expect(await find('STORAGE_QUOTA_MB')).toMatchObject({ value: '0', changed_at: null });
  });
});

describe('the default model', () => {
  it('is the one that an administrator names', async () => {
    await change({ WHISPER_MODEL: 'base' });

    expect(await read<ModelList>('/models')).toMatchObject({ default: 'base' });
    expect(await find('WHISPER_MODEL')).toMatchObject({ value: 'base', start_value: 'small' });
  });

  it('is none that is not on this machine', async () => {
    const response = await change({ WHISPER_MODEL: 'tiny' });

    expect([response.status, (await problemOf(response)).code]).toEqual([409, 'model_not_ready']);
    expect(await find('WHISPER_MODEL')).toMatchObject({ value: 'small', changed_at: null });
  });
});
