/** Attacks by their names. Those on every route are in route-walk.spec.ts, those on sessions and cookies in sign-in.spec.ts. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedApiKey, Me } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, createApiKey, postJson, signIn } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

const statusWith = async (token: string): Promise<number> =>
  (await fetch(`${users.url}/auth/me`, { headers: bearer(token) })).status;

describe('a forged token', () => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each(['none', 'None', 'NONE', 'HS512', 'RS256'])('with alg:%s is refused', async (alg) => {
    const [header = '', payload = '', signature = ''] = users.anna.token.split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const forged = encode({ ...fields, alg });

    expect(await statusWith(`${forged}.${payload}.`)).toBe(401);
    expect(await statusWith(`${forged}.${payload}.${signature}`)).toBe(401);
  });

  it('that names another user is refused', async () => {
    const [header = '', payload = '', signature = ''] = users.anna.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;

    expect(await statusWith(`${header}.${encode({ ...claims, sub: users.bob.id })}.${signature}`)).toBe(401);
  });
});

describe('mass assignment of role', () => {
  it.each([
    ['/auth/login', { username: 'anna', password: ADMIN_PASSWORD }],
    [
      '/auth/change-password',
      { current_password: ADMIN_PASSWORD, new_password: 'another horse and battery' },
    ],
    ['/auth/api-keys', { name: 'x', scopes: ['read'] }],
  ])('at %s is refused, and changes nothing', async (path, body) => {
    for (const more of [
      { role: 'admin' },
      { is_admin: true },
      { roles: ['admin'] },
      { user_id: users.bob.id },
    ])
      expect((await postJson(users.url + path, { ...body, ...more }, bearer(users.anna.token))).status).toBe(
        422,
      );

    const me = await fetch(`${users.url}/auth/me`, { headers: bearer(users.anna.token) });
    expect((await jsonOf<Me>(me)).roles).toEqual(['user']);
  });

  it('by a prototype gives nothing', async () => {
    const body = `{"name":"x","scopes":["read"],"__proto__":{"role":"admin"},"constructor":{"role":"admin"}}`;
    const response = await fetch(`${users.url}/auth/api-keys`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...bearer(users.anna.token) },
    });

    const { key } = await jsonOf<CreatedApiKey>(response);
    const me = await jsonOf<Me>(await fetch(`${users.url}/auth/me`, { headers: bearer(key) }));
    expect([me.id, me.roles, me.scopes]).toEqual([users.anna.id, ['user'], ['read']]);
  });
});

describe('a key of a user', () => {
  it('cannot have the scope of administrators', async () => {
    await expect(createApiKey(users.url, ['admin'], bearer(users.anna.token))).rejects.toThrow('403');
  });

  it('is dead with its user', async () => {
    const { key } = await createApiKey(users.url, ['read'], bearer(users.anna.token));
    expect(await statusWith(key)).toBe(200);

    await users.execute(`update users set disabled_at = now() where id = '${users.anna.id}'`);
    expect(await statusWith(key)).toBe(401);
    await users.execute(`update users set disabled_at = null where id = '${users.anna.id}'`);
  });
});

describe('a user who is no administrator any more', () => {
  it('loses what administrators may at the next request', async () => {
    const open = (): Promise<Response> =>
      fetch(`${users.url}/admin/models`, { headers: bearer(users.bob.token) });
    await users.execute(`update users set role = 'admin' where id = '${users.bob.id}'`);
    expect((await open()).status).toBe(200);

    await users.execute(`update users set role = 'user' where id = '${users.bob.id}'`);
    expect((await open()).status).toBe(403);
  });
});

describe('SQL in a user name', () => {
  it.each([`' or 1=1 --`, `admin'--`, 'anna\u0000', '%', '_nna'])('%j signs nobody in', async (username) => {
    expect([401, 422]).toContain((await signIn(users.url, username, ADMIN_PASSWORD)).status);
  });
});

describe('the Host header', () => {
  let local: RunningService;

  beforeAll(async () => {
    local = await startService({ env: { WORKER_EMBEDDED: 'false' } });
  }, 90_000);

  afterAll(async () => {
    await local.stop();
  });

  function statusFor(host: string, headers: Record<string, string> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const options = { headers: { ...headers, host }, setHost: false };
      request(`${local.url}/jobs`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  it('of another name does not make a stranger the user of this machine (DNS rebinding)', async () => {
    expect(await statusFor(new URL(local.url).host)).toBe(200);
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'evil.example:8001',
      'localhost.evil.example',
    ])
      expect(await statusFor(host)).toBe(403);
  });

  it('does not help a page of another site', async () => {
    const host = new URL(local.url).host;

    expect(await statusFor(host, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusFor(host, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  });
});
