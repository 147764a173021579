import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  CreatedWebhook,
  Job,
  Tokens,
  UserList,
  UserWithPassword,
} from '@whisper-transcriber/client-sdk';
import {
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  createApiKey,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';

const NEW_PASSWORD = 'another horse and battery';
const LOCAL_USER_ID = '00000000-0000-7000-8000-000000000001';

let database: TestDatabase;
let service: RunningService;
let admin: { authorization: string };

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
    },
  });
  admin = bearer((await becomeAdministrator(service.url)).access_token);
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

const post = (route: string, body: object = {}): Promise<Response> =>
  postJson(`${service.url}/admin/users${route}`, body, admin);
const patch = (id: string, body: object): Promise<Response> =>
  fetch(`${service.url}/admin/users/${id}`, {
    method: 'PATCH',
    headers: { ...admin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const remove = (id: string): Promise<Response> =>
  fetch(`${service.url}/admin/users/${id}`, { method: 'DELETE', headers: admin });
const list = async (): Promise<UserList> =>
  jsonOf<UserList>(await fetch(`${service.url}/admin/users`, { headers: admin }));
const statusOf = async (secret: string, route = '/jobs'): Promise<number> =>
  (await fetch(service.url + route, { headers: bearer(secret) })).status;

async function blobs(): Promise<string[]> {
  const entries = await readdir(path.join(service.dataDir, 'blobs'), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Has a webhook told something, where nobody is. */
async function testWebhook(token: string): Promise<void> {
  const webhook = await postJson(`${service.url}/webhooks`, { url: 'https://hooks.example/' }, bearer(token));
  const { id } = await jsonOf<CreatedWebhook>(webhook);
  const tested = await postJson(`${service.url}/webhooks/${id}/test`, undefined, bearer(token));
  expect(tested.status).toBe(202);
}

/** A user who has changed the given password. */
async function addUser(username: string): Promise<{ id: string; token: string }> {
  const created = await jsonOf<UserWithPassword>(await post('', { username, role: 'user' }));
  const first = await jsonOf<Tokens>(await signIn(service.url, username, created.one_time_password));
  const change = { current_password: created.one_time_password, new_password: NEW_PASSWORD };
  const changed = await postJson(`${service.url}/auth/change-password`, change, bearer(first.access_token));
  return { id: created.id, token: (await jsonOf<Tokens>(changed)).access_token };
}

describe('an administrator', () => {
  it('creates users, who have to change the password that they were given', async () => {
    const response = await post('', { username: 'Carla', role: 'user' });
    const { one_time_password: password, ...user } = await jsonOf<UserWithPassword>(response);

    expect(response.status).toBe(201);
    expect((await list()).users).toContainEqual(user);
    expect(service.log()).not.toContain(password);
    expect(user.username).toBe('carla');
    const { access_token: token } = await jsonOf<Tokens>(await signIn(service.url, 'ＣARLA', password));
    expect(await statusOf(token)).toBe(403);
    expect((await signIn(service.url, 'carla', password)).status).toBe(401);
  });

  it.each([
    [{ username: 'CARLA', role: 'user' }, 409, 'username_taken'],
    [{ username: 'ｃａｒｌａ', role: 'user' }, 409, 'username_taken'],
    [{ username: 'local', role: 'user' }, 409, 'username_taken'],
    [{ username: 'саrla', role: 'user' }, 422, 'validation_failed'],
    [{ username: '.carla', role: 'user' }, 422, 'validation_failed'],
    [{ username: 'System', role: 'user' }, 422, 'validation_failed'],
    [{ username: 'ａnonymous', role: 'user' }, 422, 'validation_failed'],
    [{ username: 'whisper-transcriber', role: 'admin' }, 422, 'validation_failed'],
    [{ username: 'ab', role: 'user' }, 422, 'validation_failed'],
    [{ username: 'a b c', role: 'user' }, 422, 'validation_failed'],
    [{ username: 'dora', role: 'root' }, 422, 'validation_failed'],
    [{ username: 'dora' }, 422, 'validation_failed'],
    [{ username: 'dora', role: 'user', id: UNKNOWN_ID }, 422, 'validation_failed'],
  ])('cannot create %j', async (body, status, code) => {
    const response = await post('', body);

    expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
  });

  it('signs a user out everywhere, who can sign in again, and whose keys go on', async () => {
    const { id, token } = await addUser('frieda');
    const { key } = await createApiKey(service.url, ['read'], bearer(token));

    expect((await post(`/${id}/sign-out`)).status).toBe(200);
    expect([await statusOf(token), await statusOf(key)]).toEqual([401, 200]);
    expect((await signIn(service.url, 'frieda', NEW_PASSWORD)).status).toBe(200);
    for (const unknown of [UNKNOWN_ID, 'x']) expect((await post(`/${unknown}/sign-out`)).status).toBe(404);
  });

  it('sees when a user signed in last, which a failure is not', async () => {
    const lastOf = async (name: string): Promise<string | null | undefined> =>
      (await list()).users.find(({ username }) => username === name)?.last_sign_in_at;
    await post('', { username: 'ida', role: 'user' });
    expect(await lastOf('ida')).toBeNull();
    await signIn(service.url, 'ida', 'not this one at all');
    expect(await lastOf('ida')).toBeNull();

    await addUser('jakob');
    const first = await lastOf('jakob');
    expect(first).toEqual(expect.any(String));
    await signIn(service.url, 'jakob', NEW_PASSWORD);
    expect(Date.parse((await lastOf('jakob')) ?? '')).toBeGreaterThan(Date.parse(first ?? ''));
  });

  it('disables a user at once, and enables the keys again but not the sessions', async () => {
    const { id, token } = await addUser('emil');
    const { key } = await createApiKey(service.url, ['read'], bearer(token));

    expect((await post(`/${id}/disable`)).status).toBe(200);
    expect([await statusOf(token), await statusOf(key)]).toEqual([401, 401]);
    expect((await signIn(service.url, 'emil', NEW_PASSWORD)).status).toBe(401);

    expect((await post(`/${id}/enable`)).status).toBe(200);
    expect([await statusOf(token), await statusOf(key)]).toEqual([401, 200]);
    expect((await signIn(service.url, 'emil', NEW_PASSWORD)).status).toBe(200);
  });

  it('changes a role: the sessions end, and the keys may what the role may', async () => {
    const { id, token } = await addUser('erika');
    expect(await (await patch(id, { role: 'admin' })).json()).toMatchObject({ id, role: 'admin' });
    expect(await statusOf(token)).toBe(401);
    const { access_token: promoted } = await jsonOf<Tokens>(await signIn(service.url, 'erika', NEW_PASSWORD));
    const { key } = await createApiKey(service.url, ['admin', 'read'], bearer(promoted));
    expect([await statusOf(promoted, '/admin/users'), await statusOf(key, '/admin/users')]).toEqual([
      200, 200,
    ]);
    // The role that it is: nothing ends.
    expect((await patch(id, { role: 'admin' })).status).toBe(200);
    expect(await statusOf(promoted)).toBe(200);

    expect((await patch(id, { role: 'user' })).status).toBe(200);
    expect([await statusOf(promoted), await statusOf(key, '/admin/users'), await statusOf(key)]).toEqual([
      401, 403, 200,
    ]);
  });

  it.each([{}, { role: 'root' }, { role: 'admin', username: 'eve' }, { role: null }])(
    'changes nothing of a user by %j',
    async (body) => {
      const self = (await list()).users.find(({ username }) => username === 'carla')?.id ?? '';

      expect((await patch(self, body)).status).toBe(422);
    },
  );

  it('resets a password: the old one, the sessions and, until it is changed, the keys are of no use', async () => {
    const { id, token } = await addUser('frida');
    const { key } = await createApiKey(service.url, ['read'], bearer(token));
    const { one_time_password: password } = await jsonOf<UserWithPassword>(
      await post(`/${id}/reset-password`),
    );

    expect([await statusOf(token), await statusOf(key)]).toEqual([401, 403]);
    expect((await signIn(service.url, 'frida', NEW_PASSWORD)).status).toBe(401);
    const { access_token: next } = await jsonOf<Tokens>(await signIn(service.url, 'frida', password));
    const change = { current_password: password, new_password: NEW_PASSWORD };
    await postJson(`${service.url}/auth/change-password`, change, bearer(next));
    expect(await statusOf(key)).toBe(200);
  });

  it("deletes a user with everything that is theirs, and nothing that is others'", async () => {
    const [gone, other] = [await addUser('gustav'), await addUser('hanna')];
    const send = async ({ token }: { token: string }): Promise<Job> =>
      jsonOf<Job>(await upload(service.url, { file: 'clips/fr/bonjour_monde.wav', headers: bearer(token) }));
    const [, kept] = [await send(gone), await send(other)];
    const { key } = await createApiKey(service.url, ['read'], bearer(gone.token));
    for (const { token } of [gone, other]) await testWebhook(token);
    expect(await blobs()).toHaveLength(2);

    expect((await remove(gone.id)).status).toBe(204);
    expect([await statusOf(gone.token), await statusOf(key)]).toEqual([401, 401]);
    expect((await signIn(service.url, 'gustav', NEW_PASSWORD)).status).toBe(401);
    expect((await list()).users.map(({ id }) => id)).not.toContain(gone.id);
    expect(await blobs()).toHaveLength(1);
    for (const table of ['webhooks', 'webhook_secrets', 'webhook_deliveries'])
      expect(await query(database.url, `select owner_id from ${table}`)).toEqual([{ owner_id: other.id }]);
    expect(await statusOf(other.token, `/jobs/${kept.job_id}`)).toBe(200);
    expect((await remove(gone.id)).status).toBe(404);
  });

  it('cannot lock out everybody', async () => {
    const self = (await list()).users.find(({ username }) => username === 'admin')?.id ?? '';
    for (const id of [self, self.toUpperCase(), LOCAL_USER_ID]) {
      for (const act of ['disable', 'reset-password'])
        expect((await problemOf(await post(`/${id}/${act}`))).code).toBe('user_protected');
      expect((await problemOf(await remove(id))).code).toBe('user_protected');
      for (const role of ['user', 'admin'])
        expect((await problemOf(await patch(id, { role }))).code).toBe('user_protected');
    }
  });

  it.each(['disable', 'enable', 'reset-password'])('cannot %s whom there is not', async (act) => {
    for (const id of [UNKNOWN_ID, 'x', '%00']) expect((await post(`/${id}/${act}`)).status).toBe(404);
  });
});
