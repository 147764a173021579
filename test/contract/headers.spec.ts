/** The headers that every answer has, whatever it is: asked of a service with the defaults, and of one in production that lists an origin. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedApiKey } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey, signIn } from '../support/accounts.js';
import { upload } from '../support/api-client.js';
import { PRODUCTION, WITHOUT_REDIS } from '../support/production.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const LISTED = 'https://app.example.org';
const { NODE_ENV, SECRET_KEY, JWT_SECRET_KEY } = PRODUCTION;
const IN_PRODUCTION = { NODE_ENV, SECRET_KEY, JWT_SECRET_KEY, ...WITHOUT_REDIS };
const SPEECH = 'clips/fr/bonjour_monde.wav';

/** A service to ask, and the header fields that every question has. */
class Site {
  constructor(
    readonly users: TwoUsers,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Response> {
    return fetch(this.users.url + path, { method, headers: { ...this.headers, ...headers } });
  }

  getAsAnna(path: string, method = 'GET'): Promise<Response> {
    return this.get(path, bearer(this.users.anna.token), method);
  }

  post(path: string, body: string): Promise<Response> {
    const headers = { ...this.headers, 'content-type': 'application/json', ...bearer(this.users.anna.token) };
    return fetch(this.users.url + path, { method: 'POST', body, headers });
  }

  async again(path: string): Promise<Response> {
    const etag = (await this.get(path)).headers.get('etag') ?? '';
    // As browsers ask; without it, fetch asks for what is certainly new.
    return this.get(path, { 'if-none-match': etag, 'cache-control': 'max-age=0' });
  }

  upload(): Promise<Response> {
    const headers = { ...this.headers, ...bearer(this.users.anna.token) };
    return upload(this.users.url, { file: SPEECH, headers });
  }

  createKey(): Promise<CreatedApiKey> {
    return createApiKey(this.users.url, ['read'], bearer(this.users.anna.token));
  }

  async guess(times: number): Promise<Response> {
    for (let i = 1; i < times; i += 1) await signIn(this.users.url, 'guessed', 'wrong');
    const body = JSON.stringify({ username: 'guessed', password: 'wrong' });
    return this.post('/auth/login', body);
  }

  /** What nobody expects, for once. */
  async breakDown(): Promise<Response> {
    await this.users.execute('alter table transcripts rename to transcripts_gone');
    const response = await this.getAsAnna(`/transcripts/${this.users.anna.jobId}`);
    await this.users.execute('alter table transcripts_gone rename to transcripts');
    return response;
  }
}

const ANSWERS: [string, number, (site: Site) => Promise<Response>][] = [
  ['the page', 200, (site) => site.get('/')],
  ['the page that the browser has', 304, (site) => site.again('/')],
  ['a page of the app', 200, (site) => site.get('/app/jobs/some-id')],
  ['a part of the page that is not there', 404, (site) => site.get('/assets/none.js')],
  ['the documentation page', 200, (site) => site.get('/docs')],
  ['the script of the documentation page', 200, (site) => site.get('/docs/swagger-ui-init.js')],
  ['the OpenAPI document', 200, (site) => site.get('/openapi.json')],
  ['the metrics', 200, (site) => site.get('/metrics/')],
  ['a liveness probe', 200, (site) => site.get('/livez')],
  ['a readiness probe', 200, (site) => site.get('/health/readyz')],
  ['JSON', 200, (site) => site.getAsAnna('/jobs')],
  ['the headers alone', 200, (site) => site.getAsAnna('/jobs', 'HEAD')],
  ['what was made', 201, (site) => site.post('/auth/api-keys', '{"name":"x","scopes":["read"]}')],
  ['an accepted recording', 202, (site) => site.upload()],
  ['nothing', 204, async (site) => site.getAsAnna(`/auth/api-keys/${(await site.createKey()).id}`, 'DELETE')],
  ['a download', 200, (site) => site.getAsAnna(`/transcripts/${site.users.anna.jobId}/download?format=srt`)],
  ['a stream', 200, (site) => site.get('/admin/audit/export?format=csv', bearer(site.users.adminToken))],
  ['a malformed path', 400, (site) => site.get('/jobs/%E0%A4%A')],
  ['a malformed body', 400, (site) => site.post('/auth/api-keys', '{')],
  ['nobody', 401, (site) => site.get('/jobs')],
  ['somebody who may not', 403, (site) => site.getAsAnna('/admin/users')],
  ['a route that is not there', 404, (site) => site.get('/no/such/route')],
  ['a method that is not there', 404, (site) => site.get('/jobs', {}, 'PATCH')],
  ['a thing that is not there', 404, (site) => site.getAsAnna('/jobs/none')],
  ['a body that is too large', 413, (site) => site.post('/auth/api-keys', `"${'x'.repeat(200_000)}"`)],
  ['a query that is wrong', 422, (site) => site.getAsAnna('/jobs?limit=0')],
  ['too many guesses', 429, (site) => site.guess(8)],
  ['a failure of our own', 500, (site) => site.breakDown()],
];

function expectSecurityHeaders({ headers }: Response): void {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).toMatch(/;script-src 'self';/);
  expect(policy).toMatch(/;frame-ancestors 'none'/);
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe/);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers.has('x-powered-by')).toBe(false);
}

/** Scripts come as files, so that the policy needs no exception. */
async function expectNoInlineScript(response: Response): Promise<void> {
  if (!(response.headers.get('content-type') ?? '').startsWith('text/html')) return;
  const page = await response.text();
  for (const [, attributes, content] of page.matchAll(/<script([^>]*)>([^]*?)<\/script>/gi)) {
    expect(attributes).toMatch(/\ssrc=/);
    expect(content?.trim()).toBe('');
  }
  expect(page).not.toMatch(/<[^>]+\son\w+\s*=/i);
  expect(page).not.toMatch(/javascript:/i);
}

describe('a service with the defaults', () => {
  let site: Site;

  beforeAll(async () => {
    site = new Site(await openTwoUsers(), {});
  }, 90_000);

  afterAll(async () => {
    await site.users.close();
  });

  it.each(ANSWERS)('answers with %s, %d, and the security headers', async (_what, status, ask) => {
    const response = await ask(site);

    expect(response.status).toBe(status);
    expectSecurityHeaders(response);
    expect(response.headers.has('strict-transport-security')).toBe(false);
    await expectNoInlineScript(response);
  });

  it.each(['/', '/jobs', '/no/such/route', '/livez', '/openapi.json'])(
    'tells no page of another origin that it may read %s',
    async (path) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await site.get(
          path,
          { origin: LISTED, 'access-control-request-method': 'GET' },
          method,
        );
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    },
  );
});

describe('a service in production that lists an origin', () => {
  let site: Site;

  beforeAll(async () => {
    const users = await openTwoUsers({ ...IN_PRODUCTION, CORS_ORIGINS: `http://localhost:5173,${LISTED}` });
    site = new Site(users, { origin: LISTED });
  }, 90_000);

  afterAll(async () => {
    await site.users.close();
  });

  it.each(ANSWERS)(
    'answers with %s, %d, the security headers and leave to read it',
    async (_what, status, ask) => {
      const response = await ask(site);

      expect(response.status).toBe(status);
      expectSecurityHeaders(response);
      expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
      expect(response.headers.get('access-control-allow-origin')).toBe(LISTED);
      expect(response.headers.get('vary')).toMatch(/\bOrigin\b/);
      expect(response.headers.get('access-control-expose-headers')).toMatch(/\bx-request-id\b/);
      expect(response.headers.has('access-control-allow-credentials')).toBe(false);
      await expectNoInlineScript(response);
    },
  );
});
