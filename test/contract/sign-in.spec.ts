import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Me, SessionList, Tokens } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  BOOTSTRAP_PASSWORD,
  cookiesOf,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { PRODUCTION, WITHOUT_REDIS } from '../support/production.js';
import { startService, type RunningService } from '../support/start-service.js';
import { sampleKey } from '../support/sample-key.js';

let database: TestDatabase;
let service: RunningService;

const env = (): Record<string, string> => ({
  DATABASE_URL: database.url,
  WORKER_EMBEDDED: 'false',
  ANONYMOUS_LOCAL: 'false',
  ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
});

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({ env: env() });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

const execute = (sql: string): Promise<void> => executeSql(database.url, sql);

const get = (route: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}${route}`, { headers });
const statusOf = async (route: string, token: string): Promise<number> =>
  (await get(route, bearer(token))).status;
const login = async (): Promise<Tokens> => jsonOf<Tokens>(await signIn(service.url, 'admin', ADMIN_PASSWORD));
const refresh = (token: string | undefined): Promise<Response> =>
  postJson(`${service.url}/auth/refresh`, { refresh_token: token });
const codeOf = async (response: Response): Promise<unknown> => [
  response.status,
  (await problemOf(response)).code,
];

// These come first and in this order: there is one first administrator.
describe('the first administrator', () => {
  let first: Tokens;

  it('signs in with the password that was set, and can do nothing but change it', async () => {
    const response = await signIn(service.url, 'admin', BOOTSTRAP_PASSWORD);
    first = await jsonOf<Tokens>(response);

    expect(first).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect(await jsonOf<Me>(await get('/auth/me', bearer(first.access_token)))).toMatchObject({
      username: 'admin',
      is_admin: true,
      roles: ['admin'],
      must_change_password: true,
    });
    expect(await codeOf(await get('/jobs', bearer(first.access_token)))).toEqual([
      403,
      'password_change_required',
    ]);
  });

  it('cannot sign in with it twice', async () => {
    expect(await codeOf(await signIn(service.url, 'admin', BOOTSTRAP_PASSWORD))).toEqual([
      401,
      'credentials_wrong',
    ]);
  });

  it.each([
    ['the same one', BOOTSTRAP_PASSWORD, BOOTSTRAP_PASSWORD, 'password_weak'],
    ['a short one', BOOTSTRAP_PASSWORD, 'short', 'password_weak'],
    ['a common one', BOOTSTRAP_PASSWORD, 'Password1234!', 'password_weak'],
    ['one without knowing the current', 'wrong', ADMIN_PASSWORD, 'current_password_wrong'],
  ])('cannot change it to %s', async (_what, current, next, code) => {
    const change = { current_password: current, new_password: next };
    const response = await postJson(
      `${service.url}/auth/change-password`,
      change,
      bearer(first.access_token),
    );

    expect(await codeOf(response)).toEqual([422, code]);
  });

  it('is free once it is changed; the tokens from before are dead, and so is the password, also after a restart', async () => {
    const change = { current_password: BOOTSTRAP_PASSWORD, new_password: ADMIN_PASSWORD };
    const changed = await postJson(`${service.url}/change-password`, change, bearer(first.access_token));
    const { access_token: token } = await jsonOf<Tokens>(changed);

    expect(await statusOf('/jobs', token)).toBe(200);
    expect(await statusOf('/jobs', first.access_token)).toBe(401);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    await service.stop();
    service = await startService({ env: env() });
    expect((await signIn(service.url, 'admin', BOOTSTRAP_PASSWORD)).status).toBe(401);
    expect((await signIn(service.url, 'admin', ADMIN_PASSWORD)).status).toBe(200);
  }, 60_000);
});

describe('signing in', () => {
  it.each(['/auth/login', '/api/auth/login', '/token'])(
    'works at %s and sets cookies that no script reads',
    async (route) => {
      const response = await postJson(service.url + route, { username: 'ADMIN', password: ADMIN_PASSWORD });
      const [access, renewal] = response.headers.getSetCookie();

      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(access).toMatch(/^auth_token=.*; Max-Age=3600; Path=\/; .*HttpOnly; SameSite=Strict$/);
      expect(renewal).toMatch(/^refresh_token=wr_.*; Path=\/auth; .*HttpOnly; SameSite=Strict$/);
    },
  );

  it('gives the same answer for an unknown user and a wrong password', async () => {
    const answer = async (name: string): Promise<unknown> => {
      const response = await signIn(service.url, name, 'this is not the password');
      const problem = await problemOf(response);
      delete problem.request_id;
      return [response.status, problem, response.headers.get('www-authenticate')];
    };

    expect(await answer('nobody-of-this-name')).toEqual(await answer('admin'));
    expect((await signIn(service.url, 'local', '')).status).toBe(422);
    expect((await signIn(service.url, 'local', 'anything')).status).toBe(401);
  });

  it.each([
    { username: 'admin' },
    { username: 'admin', password: 1 },
    { username: { $ne: null }, password: 'x' },
    { username: 'admin', password: ADMIN_PASSWORD, role: 'admin' },
  ])('is refused with %j', async (body) => {
    expect((await postJson(`${service.url}/auth/login`, body)).status).toBe(422);
  });

  it('takes the grant that RFC 6749 demands of the password flow at /token, and no other', async () => {
    const ask = (route: string, grant: string): Promise<Response> =>
      fetch(service.url + route, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: grant, username: 'admin', password: ADMIN_PASSWORD }),
      });

    const response = await ask('/token', 'password');
    expect(response.status).toBe(200);
    expect(await jsonOf<Tokens>(response)).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    for (const grant of ['client_credentials', 'refresh_token', 'Password', '']) {
      const refused = await ask('/token', grant);
      expect([refused.status, (await problemOf(refused)).errors?.[0]?.field]).toEqual([422, 'grant_type']);
    }
    expect((await ask('/auth/login', 'password')).status).toBe(422);
  });

  it('ignores at /token what it does not know, as RFC 6749 wants, and nowhere else', async () => {
    const proof = { username: 'admin', password: ADMIN_PASSWORD };
    const more = { ...proof, scope: '', client_id: 'x', client_secret: 'y' };
    const post = async (route: string, fields: object): Promise<number> =>
      (await postJson(service.url + route, fields)).status;

    expect(await post('/token', { ...more, grant_type: 'password' })).toBe(200);
    expect(await post('/auth/login', more)).toBe(422);
  });

  it('pauses after failures, for names that exist and for those that do not', async () => {
    const codes = [];
    for (let i = 0; i < 7; i += 1) codes.push((await signIn(service.url, 'guessed', 'wrong')).status);
    const limited = await signIn(service.url, 'guessed', 'wrong');

    expect(codes.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn(service.url, 'admin', ADMIN_PASSWORD)).status).toBe(200);
  });
});

describe('many sign-ins at the same moment', () => {
  it('are no way around the pause', async () => {
    const guesses = Array.from({ length: 40 }, () => signIn(service.url, 'guessed at once', 'wrong'));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(35);
  });
});

describe('a session', () => {
  it('ends at once with signing out', async () => {
    const { access_token: token, refresh_token: renewal } = await login();

    expect((await postJson(`${service.url}/auth/logout`, {}, bearer(token))).status).toBe(200);
    expect(await statusOf('/auth/me', token)).toBe(401);
    expect(await codeOf(await refresh(renewal))).toEqual([401, 'refresh_token_invalid']);
  });

  it('goes on with the next refresh token', async () => {
    const first = await login();
    const second = await jsonOf<Tokens>(await refresh(first.refresh_token));

    expect(await statusOf('/auth/me', second.access_token)).toBe(200);
  });

  it('gives its next tokens to one of many who ask at the same moment', async () => {
    const { refresh_token: renewal } = await login();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(renewal)));

    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('is listed for its user and can be ended from another one', async () => {
    const [here, there] = [await login(), await login()];
    const { sessions } = await jsonOf<SessionList>(await get('/auth/sessions', bearer(here.access_token)));
    const [other] = sessions.filter(({ current }) => !current);
    const remove = (): Promise<Response> =>
      fetch(`${service.url}/auth/sessions/${other?.id ?? ''}`, {
        method: 'DELETE',
        headers: bearer(here.access_token),
      });

    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect(await statusOf('/auth/me', there.access_token)).toBe(401);
  });

  it('is of no use while its user is disabled', async () => {
    const id = '0190aaaa-bbbb-7ccc-8ddd-00000000000a';
    await execute(
      `insert into users (id, username, password_hash, role, must_change_password, created_at, updated_at)
       select '${id}', 'anna', password_hash, 'user', false, now(), now() from users where username = 'admin'`,
    );
    const tokens = await jsonOf<Tokens>(await signIn(service.url, 'anna', ADMIN_PASSWORD));
    expect(await statusOf('/auth/me', tokens.access_token)).toBe(200);
    expect(await statusOf('/admin/models', tokens.access_token)).toBe(403);

    await execute(`update users set disabled_at = now() where id = '${id}'`);
    expect(await statusOf('/auth/me', tokens.access_token)).toBe(401);
    expect((await signIn(service.url, 'anna', ADMIN_PASSWORD)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);

    await execute(`update users set disabled_at = null where id = '${id}'`);
    expect(await statusOf('/auth/me', tokens.access_token)).toBe(200);
  });
});

describe('a cookie', () => {
  it('opens what only reads', async () => {
    const cookie = cookiesOf(await signIn(service.url, 'admin', ADMIN_PASSWORD));

    expect((await get('/jobs', { cookie })).status).toBe(200);
  });

  it('renews the session only for a page of the service, and keeps the refresh token from scripts', async () => {
    const cookie = cookiesOf(await signIn(service.url, 'admin', ADMIN_PASSWORD));
    const renew = (headers: Record<string, string>): Promise<Response> =>
      postJson(`${service.url}/auth/refresh`, {}, { cookie, ...headers });

    expect((await renew({})).status).toBe(403);
    expect((await renew({ origin: 'https://evil.example' })).status).toBe(403);
    const renewed = await renew({ origin: service.url });
    expect(Object.keys(await jsonOf<Tokens>(renewed)).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'token_type',
    ]);
    expect(renewed.headers.getSetCookie()).toHaveLength(2);
  });
});

describe('the secrets', () => {
  it('that were not set lie in the data folder, for its owner only', async () => {
    for (const name of ['secret-key', 'jwt-secret-key']) {
      const { mode, size } = await stat(path.join(service.dataDir, 'secrets', name));
      expect([mode & 0o777, size]).toEqual([0o600, 128]);
    }
  });

  it('are in no line of the log', async () => {
    const { access_token: token, refresh_token: renewal = '' } = await login();
    await get('/auth/me', bearer(token));
    await refresh(renewal);

    for (const secret of [token, renewal, ADMIN_PASSWORD, BOOTSTRAP_PASSWORD])
      expect(service.log()).not.toContain(secret);
  });
});

describe('the keys', () => {
  it('rotate without signing anybody out', async () => {
    const [old, fresh] = [sampleKey('old'), sampleKey('fresh')];
    const [oldJwt, freshJwt] = [sampleKey('old jwt'), sampleKey('fresh jwt')];
    const restart = async (SECRET_KEY: string, JWT_SECRET_KEY: string): Promise<void> => {
      await service.stop();
      service = await startService({ env: { ...env(), SECRET_KEY, JWT_SECRET_KEY } });
    };
    await restart(old, oldJwt);
    const before = await login();

    await restart(`${fresh},${old}`, `${freshJwt},${oldJwt}`);
    expect(await statusOf('/auth/me', before.access_token)).toBe(200);
    const renewed = await jsonOf<Tokens>(await refresh(before.refresh_token));

    await restart(fresh, freshJwt);
    expect(await statusOf('/auth/me', before.access_token)).toBe(401);
    expect(await statusOf('/auth/me', renewed.access_token)).toBe(200);
    expect((await refresh(renewed.refresh_token)).status).toBe(200);
  }, 90_000);
});

describe('in production', () => {
  it('cookies travel over TLS only, and nobody is let in without credentials', async () => {
    await service.stop();
    service = await startService({
      env: {
        ...PRODUCTION,
        ...WITHOUT_REDIS,
        DATABASE_URL: database.url,
        WORKER_EMBEDDED: 'false',
      },
    });
    const cookies = (await signIn(service.url, 'admin', ADMIN_PASSWORD)).headers.getSetCookie();

    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure; SameSite=Strict$/);
    expect((await get('/jobs')).status).toBe(401);
  }, 60_000);
});
