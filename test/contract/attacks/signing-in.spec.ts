/** Attacks on signing in, by way of a browser. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD, postJson } from '../../support/accounts.js';
import { problemOf } from '../../support/api-client.js';
import { send, statusUnderHost } from '../../support/raw-request.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
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
    'evil.example@127.0.0.1',
    '127.0.0.1/../',
  ];
  let local: RunningService;

  beforeAll(async () => {
    local = await startService({ env: { WORKER_EMBEDDED: 'false' } });
  }, 90_000);

  afterAll(async () => {
    await local.stop();
  });

  const statusFor = (path: string, headers: Record<string, string>, body?: object): Promise<number> =>
    statusUnderHost(local.url + path, headers, body);

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

  it.each([
    '/',
    '/docs',
    '/docs/swagger-ui-init.js',
    '/openapi.json',
    '/metrics/',
    '/version',
    '/no/such/page',
  ])('of another name gets nothing at %s, which asks for no credentials (DNS rebinding)', async (path) => {
    for (const host of FOREIGN_HOSTS) {
      const { status, headers, body } = await send(local.url + path, { headers: { host }, setHost: false });
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json; charset=utf-8']);
      expect(JSON.parse(body)).toMatchObject({ code: 'origin_forbidden' });
    }
  });

  it.each(['/health', '/livez', '/readyz', '/health/livez', '/health/readyz/'])(
    'may be any at %s, which machines ask under other names',
    async (path) => {
      for (const host of FOREIGN_HOSTS) expect(await statusFor(path, { host })).toBe(200);
    },
  );

  it('may be any of those that this machine has', async () => {
    for (const host of ['localhost', 'localhost.:8001', '[::1]', '[::ffff:127.0.0.1]:8001'])
      expect([host, await statusFor('/jobs', { host })]).toEqual([host, 200]);
  });
});
