/** What the log tells who is on call, and what is in no line of it, whatever happens. Ordinary requests are looked at after all tests, by scripts/collected-logs.mjs. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  postJson,
} from '../support/accounts.js';
import { transcribe, upload, wordsOf } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: { DATABASE_URL: database.url, ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD, JOB_MAX_ATTEMPTS: '1' },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

/** From now on the database refuses every row of this table, and says what was in it. */
const refuseRowsOf = (table: string): Promise<void> =>
  executeSql(database.url, `alter table ${table} add constraint refused check (false) not valid`);

interface Entry {
  readonly severity: string;
  readonly message: string;
  readonly job_id?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}
const entries = (): Entry[] =>
  service
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Entry);
const contextsOf = (message: string): Entry['context'][] =>
  entries()
    .filter((entry) => entry.message === message)
    .map(({ context }) => context);

describe('the path of a request', () => {
  it('is in the log as the pattern of its route with the ids: not what else was put there, nor what met no route', async () => {
    const key = `wt_${'k'.repeat(43)}`;
    const ask = (path: string, method = 'GET'): Promise<Response> => fetch(service.url + path, { method });
    expect((await ask(`/auth/api-keys/${key}`, 'DELETE')).status).toBe(404);
    expect((await ask('/PATIENT-JONES.wav?name=PATIENT-MILLER')).status).toBe(404);
    expect((await ask('/jobs/PATIENT-SMITH/')).status).toBe(404);
    expect((await ask(`/media/${UNKNOWN_ID}/info?name=PATIENT-MILLER`)).status).toBe(404);
    await waitFor(() => service.log().includes(`"path":"/media/${UNKNOWN_ID}/info"`));

    expect(service.log()).toMatch(/"method":"DELETE","path":"\/auth\/api-keys\/:id"/);
    expect(service.log()).not.toMatch(/PATIENT|wt_kkk/);
  });
});

describe('for who is on call', () => {
  it('the entry of a request that was refused says why', async () => {
    await fetch(`${service.url}/jobs/${UNKNOWN_ID}`);
    await fetch(`${service.url}/jobs`, { headers: { 'x-api-key': `wt_${'q'.repeat(43)}` } });
    await fetch(`${service.url}/jobs?limit=none`);
    const codes = (): unknown[] => contextsOf('Request completed').map((context) => context?.['error_code']);
    await waitFor(() => codes().includes('validation_failed'));

    expect(codes()).toEqual(
      expect.arrayContaining(['job_not_found', 'unauthenticated', 'validation_failed']),
    );
    await fetch(`${service.url}/jobs`);
    await waitFor(() => contextsOf('Request completed').at(-1)?.['status_code'] === 200);
    expect(contextsOf('Request completed').at(-1)).not.toHaveProperty('error_code');
  });

  it('a statement that is slow is told, without what it was asked with', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table jobs in access exclusive mode');
    const asked = fetch(`${service.url}/jobs?text=PATIENT-MEYER`);
    await delay(1300);
    await holder.query('commit');
    await holder.end();
    expect((await asked).status).toBe(200);
    const slow = (): Entry[] =>
      entries().filter(({ message }) => message === 'A statement of the database was slow');
    await waitFor(() => slow().length > 0);

    expect(slow()[0]).toMatchObject({
      severity: 'warn',
      context: { statement: expect.stringContaining('jobs') },
    });
    expect(service.log()).not.toContain('PATIENT-MEYER');
  });

  it('at the level debug each step of a job is told, and what the store was asked for', async () => {
    const { job_id: jobId } = await transcribe(service.url, {
      file: 'docs/samples/sense-and-sensibility.wav',
    });
    const told = entries().filter(({ severity, job_id: id }) => severity === 'debug' && id === jobId);
    const stages = told.flatMap(({ message, context }) =>
      message === 'Job stage' ? context?.['stage'] : [],
    );

    expect(stages).toEqual(['loading_model', 'transcribing', 'saving']);
    expect(contextsOf('Blob asked for')).toEqual(
      expect.arrayContaining([
        { operation: 'put', key: expect.any(String), took_ms: expect.any(Number) },
        { operation: 'open_local', key: expect.any(String), took_ms: expect.any(Number) },
      ]),
    );
  });
});

describe('a row that the database refuses', () => {
  it('is not in the log: what was said', async () => {
    const file = 'docs/samples/sense-and-sensibility.wav';
    const { transcript } = await transcribe(service.url, { file });
    expect(wordsOf(transcript ?? '')).toContain('leisure');

    await refuseRowsOf('transcripts');
    await upload(service.url, { file });
    await waitFor(() => service.log().includes('A job could not be settled'));

    expect(service.log()).toContain('refused');
    expect(service.log()).not.toContain('leisure');
  });

  it('is not in the log: the hash of a password; but that the request failed, why, and how long it took', async () => {
    const { access_token: token } = await becomeAdministrator(service.url);
    await refuseRowsOf('users');
    const change = { current_password: ADMIN_PASSWORD, new_password: 'another horse and battery' };
    const { status } = await postJson(`${service.url}/auth/change-password`, change, bearer(token));

    expect(status).toBe(500);
    await waitFor(() => service.log().includes('Request ended with internal_error'));
    expect(service.log()).not.toMatch(/argon2|another horse/);

    await waitFor(() => contextsOf('Request failed').length > 0);
    expect(contextsOf('Request failed')).toContainEqual({
      method: 'POST',
      path: '/auth/change-password',
      status_code: 500,
      error_code: 'internal_error',
      response_time_ms: expect.any(Number),
    });
    expect(contextsOf('Request ended with internal_error')).toContainEqual({
      detail: expect.any(String),
      cause: expect.stringContaining('refused'),
    });
  });
});
