/** What is in no line of the log, whatever happens. Ordinary requests are looked at after all tests, by scripts/collected-logs.mjs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

  it('is not in the log: the hash of a password', async () => {
    const { access_token: token } = await becomeAdministrator(service.url);
    await refuseRowsOf('users');
    const change = { current_password: ADMIN_PASSWORD, new_password: 'another horse and battery' };
    const { status } = await postJson(`${service.url}/auth/change-password`, change, bearer(token));

    expect(status).toBe(500);
    await waitFor(() => service.log().includes('Request ended with internal_error'));
    expect(service.log()).not.toMatch(/argon2|another horse/);
  });
});
