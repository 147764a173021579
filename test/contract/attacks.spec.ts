/** Attacks by their names. Those on every route are in route-walk.spec.ts, those on sessions and cookies in sign-in.spec.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedApiKey, Me } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, createApiKey, postJson, signIn } from '../support/accounts.js';
import { jsonOf, problemOf, statusUnderHost } from '../support/api-client.js';
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

const SIGN_IN_ROUTES = ['/auth/login', '/api/auth/login', '/token', '/auth/refresh'];
const FOREIGN_PAGES = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
];

/** A body that is well-formed at `path` and proves nothing. */
const wrongProof = (path: string): object =>
  path === '/auth/refresh' ? { refresh_token: 'wr_wrong' } : { username: 'anna', password: 'wrong' };

describe('a foreign page', () => {
  it.each(SIGN_IN_ROUTES)('guesses nothing at %s', async (path) => {
    const outcome = async (headers: Record<string, string>): Promise<unknown> => {
      const response = await postJson(users.url + path, wrongProof(path), headers);
      return [response.status, (await problemOf(response)).code];
    };

    for (const page of FOREIGN_PAGES) expect(await outcome(page)).toEqual([403, 'origin_forbidden']);
    expect(await outcome({ origin: users.url, 'sec-fetch-site': 'same-origin' })).toEqual([
      401,
      path === '/auth/refresh' ? 'refresh_token_invalid' : 'credentials_wrong',
    ]);
  });

  it('signs its visitor in as nobody by a form (login CSRF)', async () => {
    const submit = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${users.url}/auth/login`, {
        method: 'POST',
        body: new URLSearchParams({ username: 'bob', password: ADMIN_PASSWORD }),
        headers,
      });

    const foreign = await submit({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []]);
    expect((await submit({ origin: users.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});

describe('the Host header', () => {
  const FOREIGN_HOSTS = [
    'evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8001',
    'localhost.evil.example',
  ];
  let local: RunningService;

  beforeAll(async () => {
    local = await startService({ env: { WORKER_EMBEDDED: 'false' } });
  }, 90_000);

  afterAll(async () => {
    await local.stop();
  });

  const statusFor = (
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<number | undefined> => statusUnderHost(local.url + path, headers, body);

  it('of another name does not make a stranger the user of this machine (DNS rebinding)', async () => {
    expect(await statusFor('/jobs', {})).toBe(200);
    for (const host of FOREIGN_HOSTS) expect(await statusFor('/jobs', { host })).toBe(403);
  });

  it.each(SIGN_IN_ROUTES)('of another name does not let a page guess at %s (DNS rebinding)', async (path) => {
    const body = wrongProof(path);

    expect(await statusFor(path, {}, body)).toBe(401);
    for (const host of FOREIGN_HOSTS) {
      expect(await statusFor(path, { host }, body)).toBe(403);
      expect(await statusFor(path, { host, origin: `http://${host}` }, body)).toBe(403);
    }
  });

  it('does not help a page of another site', async () => {
    for (const page of FOREIGN_PAGES) {
      expect(await statusFor('/jobs', page)).toBe(403);
      for (const path of SIGN_IN_ROUTES) expect(await statusFor(path, page, wrongProof(path))).toBe(403);
    }
  });

  it.each(['/health', '/livez', '/readyz', '/metrics/', '/version'])(
    'may be any at %s, which machines ask under other names',
    async (path) => {
      for (const host of FOREIGN_HOSTS) expect(await statusFor(path, { host })).toBe(200);
    },
  );
});
