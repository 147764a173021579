/** Pages of other origins, on a service that takes requests of its machine for those of its user. What browsers make of it is in e2e. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  cookiesOf,
  createApiKey,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { startService, type RunningService } from '../support/start-service.js';
import { statusUnderHost } from '../support/raw-request.js';

const LISTED = 'https://app.example.org';
const OTHER_LISTED = 'http://localhost:5173';
const UNLISTED = [
  'https://evil.example',
  'http://app.example.org',
  'https://app.example.org:8443',
  'https://app.example.org.evil.example',
  'https://evil-app.example.org',
  'https://app.example.org, https://evil.example',
  'HTTPS://APP.EXAMPLE.ORG',
  'http://localhost:5174',
  'null',
];

let database: TestDatabase;
let service: RunningService;
let key: string;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      CORS_ORIGINS: `${LISTED},${OTHER_LISTED}`,
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
    },
  });
  ({ key } = await createApiKey(service.url, ['read', 'manage']));
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

/** As a browser asks for a page of another site. */
const from = (origin: string): Record<string, string> => ({ origin, 'sec-fetch-site': 'cross-site' });
const get = (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(service.url + path, { headers });
const outcome = async (response: Response): Promise<unknown> => [
  response.status,
  response.status < 400 ? null : (await problemOf(response)).code,
];

describe('a preflight request', () => {
  const preflight = (path: string, origin: string): Promise<Response> =>
    fetch(service.url + path, {
      method: 'OPTIONS',
      headers: {
        ...from(origin),
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,upload-offset',
      },
    });

  it.each([
    '/jobs',
    '/upload',
    '/uploads/tus',
    '/uploads/tus/ID',
    '/auth/login',
    '/admin/users',
    '/no/such/route',
  ])('for %s needs no credentials and says what may be sent', async (path) => {
    const response = await preflight(path, LISTED);
    const listOf = (name: string): string[] => response.headers.get(name)?.split(',') ?? [];

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(response.headers.get('vary')).toMatch(/\bOrigin\b/);
    expect(response.headers.get('access-control-max-age')).toBe('7200');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    expect(listOf('access-control-allow-methods')).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    );
    expect(listOf('access-control-allow-headers')).toEqual(
      expect.arrayContaining([
        ...['authorization', 'x-api-key', 'content-type', 'x-request-id'],
        ...['prefer', 'range', 'idempotency-key', 'last-event-id'],
        ...['tus-resumable', 'upload-length', 'upload-offset', 'upload-metadata', 'upload-checksum'],
        ...['upload-concat', 'upload-defer-length'],
      ]),
    );
  });

  it('for the OpenAI API allows what its clients say of themselves', async () => {
    const { status, headers } = await fetch(`${service.url}/v1/audio/transcriptions`, {
      method: 'OPTIONS',
      headers: {
        ...from(LISTED),
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-stainless-lang,x-stainless-retry-count',
      },
    });

    expect(status).toBe(204);
    expect(headers.get('access-control-allow-headers')).toBe(
      'authorization,x-stainless-lang,x-stainless-retry-count',
    );
  });

  it('tells each listed origin its own name', async () => {
    const { headers } = await preflight('/jobs', OTHER_LISTED);

    expect(headers.get('access-control-allow-origin')).toBe(OTHER_LISTED);
  });

  it.each(UNLISTED)('of %s gets no leave', async (origin) => {
    const { headers } = await preflight('/jobs', origin);

    expect(headers.has('access-control-allow-origin')).toBe(false);
    expect(headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  it('is not every OPTIONS request: others go to the routes', async () => {
    const response = await fetch(`${service.url}/jobs`, { method: 'OPTIONS', headers: from(LISTED) });

    expect(await outcome(response)).toEqual([404, 'route_not_found']);
  });
});

describe('a page of a listed origin', () => {
  it('is not the user of this machine', async () => {
    for (const origin of [LISTED, OTHER_LISTED])
      for (const path of ['/jobs', '/auth/me', '/admin/users'])
        expect(await outcome(await get(path, from(origin)))).toEqual([401, 'unauthenticated']);
    const made = await postJson(
      `${service.url}/auth/api-keys`,
      { name: 'x', scopes: ['admin'] },
      from(LISTED),
    );
    expect(await outcome(made)).toEqual([401, 'unauthenticated']);
  });

  it('may do what its API key may, and reads why it may not', async () => {
    for (const credentials of [bearer(key), { 'x-api-key': key }]) {
      expect((await get('/jobs', { ...from(LISTED), ...credentials })).status).toBe(200);
      const refused = await get('/admin/users', { ...from(LISTED), ...credentials });
      expect(refused.headers.get('access-control-allow-origin')).toBe(LISTED);
      expect(await outcome(refused)).toEqual([403, 'access_denied']);
    }
    const wrong = await get('/jobs', { ...from(LISTED), ...bearer(`wt_${'a'.repeat(43)}`) });
    expect(await outcome(wrong)).toEqual([401, 'unauthenticated']);
  });

  it('has to ask under a name of this machine all the same (DNS rebinding)', async () => {
    const headers = { ...from(LISTED), ...bearer(key), host: 'evil.example' };

    expect(await statusUnderHost(`${service.url}/jobs`, headers)).toBe(403);
  });

  it('may sign in, and change something with the token, but not with the cookie', async () => {
    await becomeAdministrator(service.url);
    const order = { name: 'x', scopes: ['read'] };
    const credentials = { username: 'admin', password: ADMIN_PASSWORD };
    const signedIn = await postJson(`${service.url}/auth/login`, credentials, from(LISTED));
    const cookie = cookiesOf(signedIn);
    const { access_token: token, refresh_token } = await jsonOf<Tokens>(signedIn);
    const post = (path: string, body: object, headers: Record<string, string>): Promise<Response> =>
      postJson(service.url + path, body, { ...from(LISTED), ...headers });

    expect((await post('/auth/api-keys', order, bearer(token))).status).toBe(201);
    expect(await outcome(await post('/auth/api-keys', order, { cookie }))).toEqual([403, 'origin_forbidden']);
    expect(await outcome(await post('/auth/refresh', {}, { cookie }))).toEqual([403, 'origin_forbidden']);
    expect((await post('/auth/refresh', { refresh_token }, {})).status).toBe(200);
  });
});

describe('a page of any other origin', () => {
  it.each(UNLISTED)('%s reads nothing, whatever it brings', async (origin) => {
    for (const credentials of [{}, bearer(key)]) {
      const response = await get('/jobs', { ...from(origin), ...credentials });
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
      expect(await outcome(response)).toEqual([403, 'origin_forbidden']);
    }
    const probe = await get('/livez', from(origin));
    expect([probe.status, probe.headers.has('access-control-allow-origin')]).toEqual([200, false]);
  });
});

describe('who sits at this machine', () => {
  it('needs no credentials as before, on pages of the service and in programs', async () => {
    expect((await get('/jobs', {})).status).toBe(200);
    expect((await get('/jobs', { origin: service.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await signIn(service.url, 'admin', 'wrong')).status).toBe(401);
  });
});
