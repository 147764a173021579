/** Which addresses the web app answers for, and that the API keeps all others. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonOf } from '../support/api-client.js';
import { type RunningService, startService } from '../support/start-service.js';

const PAGES = [
  '/',
  '/app',
  '/app/jobs',
  '/app/jobs/01890000-0000-7000-8000-000000000000',
  '/app/no/such/page',
];

let service: RunningService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(service.url + path, init);
}

/** Scripts and style sheets that a page names, as a browser at `address` resolves them. */
function partsOf(page: string, address: string): URL[] {
  return [...page.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(
    ([, part]) => new URL(part ?? '', address),
  );
}

describe('the pages of the web app', () => {
  it.each(PAGES)('are one document, whose parts are found from %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const parts = partsOf(await response.text(), service.url + path);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect((await fetch(part)).status).toBe(200);
  });

  it('find their parts below the path prefix that a proxy has cut off', async () => {
    const page = await (await get('/app/jobs/x')).text();
    for (const part of partsOf(page, 'https://example.org/speech/app/jobs/x'))
      expect(part.pathname).toMatch(/^\/speech\/assets\//);
  });

  it('are only read: other methods are none of theirs', async () => {
    const response = await get('/app/jobs', { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await jsonOf<{ code: string }>(response)).toMatchObject({ code: 'route_not_found' });
  });

  it.each(['/jobs', '/models', '/health', '/livez', '/version', '/openapi.json'])(
    'leave %s to the API, also for a browser',
    async (path) => {
      const response = await get(path, { headers: { accept: 'text/html' } });
      expect(response.headers.get('content-type')).toMatch(/json/);
    },
  );

  it.each(['/application', '/apps/jobs', '/no/such/route', '/assets/none.js'])(
    'do not answer for %s',
    async (path) => {
      const response = await get(path, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toMatch(/problem\+json/);
    },
  );
});
