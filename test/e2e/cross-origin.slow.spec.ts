/** A page of another origin in a real browser: what it can read of a service that lists its origin, and of one that does not. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createApiKey } from '../support/accounts.js';
import { openBrowser } from '../support/open-browser.js';
import { type RunningService, startService } from '../support/start-service.js';

jest.setTimeout(90_000);

const UNKNOWN_JOB = '/jobs/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

/** What a page got: the answer as far as it may read it, or the error that its fetch ended with. */
interface Seen {
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string | null;
  readonly refused?: string;
}

let pages: Server;
let port: number;
let browser: Browser;
let page: Page;
let listing: RunningService;
let other: RunningService;

beforeAll(async () => {
  pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Another site</title>');
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  ({ port } = pages.address() as AddressInfo);
  // Another port of the address is the same site to the browser, another name of the machine is another site.
  const CORS_ORIGINS = `http://127.0.0.1:${port},http://localhost:${port}`;
  listing = await startService({ env: { WORKER_EMBEDDED: 'false', CORS_ORIGINS } });
  other = await startService({ env: { WORKER_EMBEDDED: 'false' } });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await other.stop();
  await listing.stop();
  pages.close();
});
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
});

/** Code for the page is text: tests know no DOM types. */
function fetchInPage(url: string, init: object = {}): Promise<Seen> {
  return page.evaluate<Seen>(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(
    async (response) => ({
      status: response.status,
      code: (await response.json()).code,
      requestId: response.headers.get('x-request-id'),
    }),
    (error) => ({ refused: error.name }),
  )`);
}

/** Whether an element that loads `url` without CORS gets it. */
function loadsInPage(element: 'img' | 'script', url: string): Promise<boolean> {
  return page.evaluate<boolean>(`new Promise((resolve) => {
    const element = document.createElement(${JSON.stringify(element)});
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
    element.src = ${JSON.stringify(url)};
    document.body.append(element);
  })`);
}

describe.each(['127.0.0.1', 'localhost'])('a page of another port of %s', (host) => {
  beforeEach(async () => {
    await page.goto(`http://${host}:${port}/`);
  });

  it('reads answers of a service that lists its origin, errors and their request id too', async () => {
    const { key } = await createApiKey(listing.url, ['read']);

    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
      expect(await fetchInPage(`${listing.url}/jobs`, { headers })).toMatchObject({ status: 200 });
      const requestId = 'request-of-a-page';
      expect(
        await fetchInPage(listing.url + UNKNOWN_JOB, { headers: { ...headers, 'x-request-id': requestId } }),
      ).toEqual({ status: 404, code: 'job_not_found', requestId });
    }
    const order = { method: 'DELETE', headers: { 'x-api-key': key } };
    expect(await fetchInPage(listing.url + UNKNOWN_JOB, order)).toMatchObject({ code: 'access_denied' });
  });

  it('is nobody without credentials, there too', async () => {
    expect(await fetchInPage(`${listing.url}/jobs`)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await fetchInPage(`${listing.url}/jobs`, { credentials: 'include' })).toEqual({
      refused: 'TypeError',
    });
  });

  it('is refused by a service that does not list its origin', async () => {
    const { key } = await createApiKey(other.url, ['read']);

    for (const headers of [{}, { 'x-api-key': key }])
      for (const path of ['/jobs', '/livez', UNKNOWN_JOB])
        expect(await fetchInPage(other.url + path, { headers })).toEqual({ refused: 'TypeError' });
  });

  it('cannot have elements load what the service has, listed or not', async () => {
    const script = '/docs/swagger-ui-bundle.js';
    const image = '/docs/favicon-32x32.png';
    for (const { url } of [listing, other]) {
      expect((await fetch(url + image)).status).toBe(200);
      expect(await loadsInPage('script', url + script)).toBe(false);
      expect(await loadsInPage('img', url + image)).toBe(false);
    }
  });
});

describe('a page of the service', () => {
  it('reads what it always could', async () => {
    await page.goto(`${listing.url}/docs`);

    expect(await fetchInPage(`${listing.url}/jobs`)).toMatchObject({ status: 200 });
    expect(await loadsInPage('img', `${listing.url}/docs/favicon-32x32.png`)).toBe(true);
  });
});
