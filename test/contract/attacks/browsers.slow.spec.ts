/** Attacks by way of a browser, by their names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD, bearer, cookiesOf, postJson, signIn } from '../../support/accounts.js';
import { codeOf } from '../../support/api-client.js';
import { ask, operations } from '../../support/operations.js';
import { PRODUCTION, WITHOUT_REDIS } from '../../support/production.js';
import { formWith, send, statusUnderHost } from '../../support/raw-request.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

describe('CSRF with a cookie', () => {
  const FOREIGN = [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  const SAFE = ['GET', 'HEAD', 'OPTIONS'];
  const OPEN = ['signIn', 'signInUnderApi', 'createToken', 'refreshTokens'];
  const changing = operations.filter(
    ({ method, operationId }) => !SAFE.includes(method) && !OPEN.includes(operationId),
  );
  let cookie: string;

  beforeAll(async () => {
    cookie = cookiesOf(await signIn(users.url, 'admin', ADMIN_PASSWORD));
  });

  it.each(changing)('$method $path is refused unless a page of the service asks', async (operation) => {
    const near = [`${users.url}.evil.example`, users.url.replace('http:', 'https:')];
    for (const foreign of [...FOREIGN, ...near.map((origin) => ({ origin }))]) {
      const response = await ask(users.url, operation, { cookie, ...foreign });
      expect([response.status, await codeOf(response)]).toEqual([403, 'origin_forbidden']);
    }
  });

  it('is not what keeps a page of the service from changing something', async () => {
    const order = { name: 'x', scopes: ['read'] };

    expect((await postJson(`${users.url}/auth/api-keys`, order, { cookie, origin: users.url })).status).toBe(
      201,
    );
  });

  it('does not concern who brings a token: no browser adds that by itself', async () => {
    const order = { name: 'x', scopes: ['read'] };
    for (const foreign of FOREIGN) {
      const headers = { ...bearer(users.anna.token), ...foreign };
      expect((await postJson(`${users.url}/auth/api-keys`, order, headers)).status).toBe(201);
    }
  });
});

describe('CSRF with a cookie, where a published address is set in production', () => {
  const PUBLISHED = 'https://speech.example';
  const { NODE_ENV, SECRET_KEY, JWT_SECRET_KEY } = PRODUCTION;
  let published: TwoUsers;

  beforeAll(async () => {
    const env = { NODE_ENV, SECRET_KEY, JWT_SECRET_KEY, ...WITHOUT_REDIS, PUBLIC_URL: PUBLISHED };
    published = await openTwoUsers(env);
  }, 90_000);

  afterAll(async () => {
    await published.close();
  });

  it('only a page of that address changes something, whatever Host says', async () => {
    const cookie = cookiesOf(await signIn(published.url, 'admin', ADMIN_PASSWORD));
    const statusFrom = (origin: string, host: string): Promise<number> =>
      statusUnderHost(
        `${published.url}/auth/api-keys`,
        { cookie, origin, host },
        { name: 'x', scopes: ['read'] },
      );
    const { host } = new URL(published.url);

    expect(await statusFrom(PUBLISHED, host)).toBe(201);
    expect(await statusFrom(PUBLISHED, 'speech.example')).toBe(201);
    expect(await statusFrom(published.url, host)).toBe(403);
    expect(await statusFrom('http://speech.example', 'speech.example')).toBe(403);
    expect(await statusFrom('http://evil.example', 'evil.example')).toBe(403);
  });
});

describe('a page of another site that reads answers, or shows them in a frame', () => {
  const origin = 'https://evil.example';

  it.each(operations)('gets nothing of $method $path', async (operation) => {
    const { headers } = await ask(users.url, operation, { ...bearer('not-a-token-of-ours'), origin });

    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it.each(operations)('is not allowed $method $path when it asks beforehand', async ({ path, method }) => {
    const { headers } = await fetch(users.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method },
    });

    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('the Host header', () => {
  it('is in no link and no header of the answer (poisoned links)', async () => {
    const headers = { ...bearer(users.anna.token), host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const { contentType, body } = formWith('talk.wav');
    const answers = [
      await send(`${users.url}/jobs`, { headers, setHost: false }),
      await send(
        `${users.url}/upload`,
        { method: 'POST', headers: { ...headers, 'content-type': contentType }, setHost: false },
        body,
      ),
      await send(`${users.url}/docs/`, { headers, setHost: false }),
      await send(`${users.url}/openapi.json`, { headers, setHost: false }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 202, 200, 200]);
    expect(JSON.stringify(answers)).not.toContain('evil.example');
  });
});
