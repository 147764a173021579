/** What is about accounts in the OpenAPI document, asked well and badly: each answer must be one that the document describes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionList, Tokens, UserList, UserWithPassword } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  createApiKey,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';

interface Question {
  readonly keyId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
      ADMIN_TRANSCRIPT_ACCESS: 'audited',
    },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

async function expectDocumented(operationId: string, question: Question, status: number): Promise<void> {
  const { method, path } = contract.getOperation(operationId);
  const { headers = {}, body = null } = question;
  const target = service.url + path.replace('{id}', question.keyId ?? UNKNOWN_ID);
  const response = await fetch(target, { method: method.toUpperCase(), headers, body });
  expect([response.status, await contract.findFaults(operationId, response)]).toEqual([status, []]);
}

describe('the OpenAPI document describes the answer about API keys', () => {
  const json = { 'content-type': 'application/json' };
  const order = JSON.stringify({ name: 'nightly import', scopes: ['read'] });

  it('to the one who makes, lists and revokes one', async () => {
    const { id } = await createApiKey(service.url, ['read']);

    await expectDocumented('createApiKey', { body: order, headers: json }, 201);
    await expectDocumented('listApiKeys', {}, 200);
    await expectDocumented('revokeApiKey', { keyId: id }, 204);
    await expectDocumented('revokeApiKey', { keyId: id }, 404);
  });

  it.each<[string, Question, number]>([
    ['createApiKey', { body: '{', headers: json }, 400],
    ['createApiKey', { body: '{}', headers: json }, 422],
    ['createApiKey', {}, 422],
    ['createApiKey', { body: `{"name":"${'x'.repeat(200_000)}"}`, headers: json }, 413],
    ['listJobs', { headers: { 'x-api-key': 'wrong' } }, 401],
  ])('of %s to %j', async (operationId, question, status) => {
    await expectDocumented(operationId, question, status);
  });
});

describe('the OpenAPI document describes the answer about accounts', () => {
  const json = { 'content-type': 'application/json' };
  const secret = { username: 'admin', password: ADMIN_PASSWORD };
  let tokens: Tokens;

  beforeAll(async () => {
    await becomeAdministrator(service.url);
    tokens = await jsonOf<Tokens>(await signIn(service.url, secret.username, secret.password));
  });

  const asUser = (body?: object): Question => ({
    headers: { ...bearer(tokens.access_token), ...(body === undefined ? {} : json) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const anonymous = (body: object): Question => ({ headers: json, body: JSON.stringify(body) });

  it.each(['signIn', 'signInUnderApi', 'createToken'])('of %s', async (operationId) => {
    await expectDocumented(operationId, anonymous(secret), 200);
    await expectDocumented(operationId, anonymous({ ...secret, password: 'wrong' }), 401);
    await expectDocumented(operationId, anonymous({}), 422);
    await expectDocumented(operationId, { headers: json, body: '{' }, 400);
    await expectDocumented(operationId, { headers: { ...json, origin: 'null' }, body: '{}' }, 403);
  });

  it.each(['getMe', 'getMeUnderApi', 'listSessions'])('of %s', async (operationId) => {
    await expectDocumented(operationId, asUser(), 200);
    await expectDocumented(operationId, { headers: bearer('wrong') }, 401);
  });

  it.each(['changePassword', 'changePasswordAtRoot'])('of %s', async (operationId) => {
    const wrong = { current_password: 'wrong', new_password: ADMIN_PASSWORD };
    await expectDocumented(operationId, asUser(wrong), 422);
    const weak = { current_password: ADMIN_PASSWORD, new_password: 'short' };
    await expectDocumented(operationId, asUser(weak), 422);
    await expectDocumented(operationId, asUser({}), 422);
    await expectDocumented(operationId, anonymous(wrong), 403);
  });

  it('of exporting what is kept, and of not deleting the last administrator', async () => {
    await expectDocumented('exportMyData', asUser(), 200);
    for (const operationId of ['exportMyData', 'deleteAccount'])
      await expectDocumented(operationId, { headers: { origin: 'https://evil.example' } }, 403);
    await expectDocumented('deleteAccount', asUser({ current_password: 'wrong' }), 422);
    await expectDocumented('deleteAccount', asUser({}), 422);
    await expectDocumented('deleteAccount', anonymous({ current_password: 'wrong' }), 403);
    await expectDocumented('deleteAccount', asUser({ current_password: ADMIN_PASSWORD }), 409);
  });

  it('of deleting an account', async () => {
    const made = await postJson(`${service.url}/admin/users`, { username: 'carla', role: 'user' });
    const { one_time_password: password } = await jsonOf<UserWithPassword>(made);
    const { access_token: token } = await jsonOf<Tokens>(await signIn(service.url, 'carla', password));
    const body = JSON.stringify({ current_password: password });
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    await expectDocumented('deleteAccount', { headers, body }, 204);
    await expectDocumented('deleteAccount', { headers, body }, 401);
  });

  it('of changing the password for good', async () => {
    const passwords = [ADMIN_PASSWORD, 'another horse and battery', ADMIN_PASSWORD];
    for (const [index, operationId] of ['changePassword', 'changePasswordAtRoot'].entries()) {
      const [current_password, new_password] = passwords.slice(index);
      await expectDocumented(operationId, asUser({ current_password, new_password }), 200);
      tokens = await jsonOf<Tokens>(await signIn(service.url, 'admin', new_password ?? ''));
    }
  });

  it('of refreshing and ending sessions', async () => {
    const { refresh_token } = tokens;
    await expectDocumented('refreshTokens', anonymous({ refresh_token }), 200);
    await expectDocumented('refreshTokens', anonymous({ refresh_token }), 401);
    await expectDocumented('refreshTokens', {}, 401);
    tokens = await jsonOf<Tokens>(await signIn(service.url, secret.username, secret.password));
    await expectDocumented('endSession', asUser(), 404);
    const listed = await fetch(`${service.url}/auth/sessions`, { headers: bearer(tokens.access_token) });
    const { sessions } = await jsonOf<SessionList>(listed);
    const other = sessions.find(({ current }) => !current);
    await expectDocumented('endSession', { ...asUser(), keyId: other?.id ?? '' }, 204);
    await expectDocumented('signOut', asUser(), 200);
    await expectDocumented('signOut', asUser(), 200);
    await expectDocumented('signOut', anonymous({ refresh_token: 1 }), 422);
  });
});

describe('the OpenAPI document describes the answer about users', () => {
  const create = (username: string): Question => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, role: 'user' }),
  });

  it('to an administrator', async () => {
    await expectDocumented('createUser', create('anna'), 201);
    await expectDocumented('createUser', create('anna'), 409);
    await expectDocumented('createUser', create(''), 422);
    await expectDocumented('listUsers', {}, 200);
    const { users } = await jsonOf<UserList>(await fetch(`${service.url}/admin/users`));
    const keyId = users.find(({ username }) => username === 'anna')?.id ?? '';
    const change = (role: string): Question => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role }),
    });
    await expectDocumented('changeUser', { keyId, ...change('admin') }, 200);
    await expectDocumented('changeUser', { keyId, ...change('root') }, 422);
    await expectDocumented('changeUser', change('user'), 404);
    const quotas = { max_active_jobs: 5, max_audio_minutes_per_day: null, storage_quota_mb: 0 };
    const put: Question = {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(quotas),
    };
    await expectDocumented('setUserQuotas', { keyId, ...put }, 200);
    await expectDocumented('setUserQuotas', put, 404);
    for (const operationId of ['disableUser', 'enableUser', 'signOutUser', 'resetPassword']) {
      await expectDocumented(operationId, { keyId }, 200);
      await expectDocumented(operationId, {}, 404);
    }
    const local = users.find(({ username }) => username === 'local')?.id ?? '';
    await expectDocumented('disableUser', { keyId: local }, 409);
    await expectDocumented('changeUser', { keyId: local, ...change('user') }, 409);
    await expectDocumented('exportUserData', { keyId }, 200);
    await expectDocumented('exportUserData', {}, 404);
    await expectDocumented('deleteUser', { keyId: local }, 409);
    await expectDocumented('deleteUser', { keyId }, 204);
    await expectDocumented('deleteUser', { keyId }, 404);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success about accounts that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => ['Accounts', 'Users'].includes(tag))).toEqual([]);
  });
});
