/** Attacks with tokens and keys, by their names. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, createApiKey, postJson } from '../../support/accounts.js';
import { jsonOf, problemOf } from '../../support/api-client.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../../support/two-users.js';
import { sampleKey } from '../../support/sample-key.js';

const SECRET_KEY = sampleKey('SECRET_KEY');
const JWT_SECRET_KEY = sampleKey('JWT_SECRET_KEY');

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers({ SECRET_KEY, JWT_SECRET_KEY });
}, 90_000);

afterAll(async () => {
  await users.close();
});

const statusWith = async (token: string): Promise<number> =>
  (await fetch(`${users.url}/auth/me`, { headers: bearer(token) })).status;
const refresh = (refreshToken: string): Promise<Response> =>
  postJson(`${users.url}/auth/refresh`, { refresh_token: refreshToken });

describe('the token of a deleted user', () => {
  async function remove({ id }: TestUser): Promise<void> {
    const removal = { method: 'DELETE', headers: bearer(users.adminToken) };
    expect((await fetch(`${users.url}/admin/users/${id}`, removal)).status).toBe(204);
  }

  it('is dead with the user, as are the refresh token and the keys', async () => {
    const carl = await users.addUser('carl', 'c');
    const { key } = await createApiKey(users.url, ['read'], bearer(carl.token));
    expect([await statusWith(carl.token), await statusWith(key)]).toEqual([200, 200]);

    await remove(carl);
    expect([await statusWith(carl.token), await statusWith(key)]).toEqual([401, 401]);
    expect((await refresh(carl.refreshToken)).status).toBe(401);
  });

  it('does not come to life with another user of the same name', async () => {
    const first = await users.addUser('dora', 'd');
    await remove(first);
    await users.addUser('dora', 'e');

    expect(await statusWith(first.token)).toBe(401);
  });
});

describe('a forged token', () => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each(['none', 'None', 'NONE', 'HS512', 'RS256'])('with alg:%s is refused', async (alg) => {
    const [header = '', payload = '', signature = ''] = users.anna.token.split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const forged = encode({ ...fields, alg });

    expect(await statusWith(`${forged}.${payload}.`)).toBe(401);
    expect(await statusWith(`${forged}.${payload}.${signature}`)).toBe(401);
  });

  it('with the signature of SECRET_KEY, or of nothing, is refused', async () => {
    const [header = '', payload = ''] = users.anna.token.split('.');
    const signedBy = (key: string): string => {
      const signature = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
      return `${header}.${payload}.${signature}`;
    };

    expect(await statusWith(signedBy(JWT_SECRET_KEY))).toBe(200);
    for (const key of [SECRET_KEY, '', JWT_SECRET_KEY.toUpperCase()])
      expect(await statusWith(signedBy(key))).toBe(401);
  });

  it('that names another user is refused', async () => {
    const [header = '', payload = '', signature = ''] = users.anna.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;

    expect(await statusWith(`${header}.${encode({ ...claims, sub: users.bob.id })}.${signature}`)).toBe(401);
  });
});

describe('refresh reuse', () => {
  it('ends the session for the thief and the user', async () => {
    const { token, refreshToken } = await users.addUser('frida', 'f');
    const next = await jsonOf<Tokens>(await refresh(refreshToken));
    expect(await statusWith(next.access_token)).toBe(200);

    const again = await refresh(refreshToken);
    expect([again.status, (await problemOf(again)).code]).toEqual([401, 'refresh_token_invalid']);
    for (const dead of [token, next.access_token]) expect(await statusWith(dead)).toBe(401);
    expect((await refresh(next.refresh_token ?? '')).status).toBe(401);
  });
});

describe('a key prefix guess', () => {
  it.each([
    ['its prefix with another rest', (key: string) => key.slice(0, 11) + 'x'.repeat(35)],
    ['its prefix alone', (key: string) => key.slice(0, 11)],
    ['another case', (key: string) => key.toUpperCase()],
    ['all but its last character', (key: string) => key.slice(0, -1)],
    ['a pattern of SQL behind it', (key: string) => `${key.slice(0, 11)}${'%'.repeat(35)}`],
    ['SQL behind it', (key: string) => `${key.slice(0, 40)}' or 1=1`],
  ])('does not open with %s', async (_what, forge) => {
    const { key } = await createApiKey(users.url, ['read'], bearer(users.anna.token));

    expect(await statusWith(forge(key))).toBe(401);
    const { status } = await fetch(`${users.url}/auth/me`, { headers: { 'x-api-key': forge(key) } });
    expect(status).toBe(401);
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

describe('keys that somebody made with a stolen password', () => {
  it('outlive a change of the password, unless that revokes them; those of others stay', async () => {
    const gina = await users.addUser('gina', '9');
    const { key } = await createApiKey(users.url, ['read'], bearer(gina.token));
    const { key: other } = await createApiKey(users.url, ['read'], bearer(users.bob.token));
    const change = async (token: string, body: object): Promise<Response> =>
      postJson(`${users.url}/auth/change-password`, body, bearer(token));
    const first = { current_password: ADMIN_PASSWORD, new_password: 'battery staple of the horse' };
    const { access_token: next } = await jsonOf<Tokens>(await change(gina.token, first));
    expect(await statusWith(key)).toBe(200);

    const second = { current_password: first.new_password, new_password: 'a horse with a staple' };
    expect((await change(next, { ...second, revoke_api_keys: 'yes' })).status).toBe(422);
    expect((await change(next, { ...second, revoke_api_keys: true })).status).toBe(200);
    expect([await statusWith(key), await statusWith(other)]).toEqual([401, 200]);
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
