/** The SDK on a page of the service itself, behind a proxy with a path prefix: what a web app needs of it. */
import { readFile } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ADMIN_PASSWORD, becomeAdministrator, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { fixturePath } from '../support/api-client.js';
import { bundleSdk } from '../support/bundled-sdk.js';
import { openBrowser } from '../support/open-browser.js';
import { OutsideServer } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';

jest.setTimeout(120_000);

const PREFIX = '/scribe';
const TALK = 'docs/samples/sense-and-sensibility.wav';
const CHUNK_BYTES = 50_000;

const bundled = bundleSdk();

let proxy: OutsideServer;
let service: RunningService;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let address: string;

beforeAll(async () => {
  proxy = await OutsideServer.http((incoming, outgoing) => {
    const { method, headers } = incoming;
    const target = new URL((incoming.url ?? '').slice(PREFIX.length), service.url);
    const forwarded = sendRequest(target, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  address = proxy.url(PREFIX, '127.0.0.1');
  service = await startService({
    env: {
      PUBLIC_URL: address,
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
    },
  });
  await becomeAdministrator(service.url);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await proxy.close();
  await service.stop();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  await openPage();
  const body = JSON.stringify({ username: 'admin', password: ADMIN_PASSWORD });
  await run(`await transcriber.signIn({ client: client.api, body: ${body} });`);
});

async function openPage(): Promise<void> {
  await page.goto(`${address}/version`);
  await page.evaluate(bundled);
}

/** Runs text in the page, which has a `client` and a recording. */
async function run<T>(script: string): Promise<T> {
  const bytes = (await readFile(fixturePath(TALK))).toString('base64');
  return page.evaluate<T>(`(async () => {
    const client = transcriber.createClient({
      baseUrl: location.origin + '${PREFIX}', renewSession: true, uploadStorage: localStorage, chunkBytes: ${CHUNK_BYTES}, retries: 1,
    });
    const bytes = Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0));
    const talk = new File([bytes], 'talk.wav', { lastModified: 1_700_000_000_000 });
    ${script}
  })()`);
}

describe('a session by cookies', () => {
  it('is renewed when its hour is over, once for all requests that find it so', async () => {
    await context.clearCookies({ name: 'auth_token' });

    const seen = await run<string[]>(`
      const asked = await Promise.all(['getMe', 'getMe', 'listJobs'].map((name) => transcriber[name]({ client: client.api })));
      const { data } = await transcriber.getMe({ client: client.api });
      return [...asked.map(({ response }) => response.status), data.username];
    `);

    expect(seen).toEqual([200, 200, 200, 'admin']);
  });

  it('is over after signing out', async () => {
    const code = await run<string>(`
      await transcriber.signOut({ client: client.api, body: {} });
      return transcriber.getMe({ client: client.api }).catch(({ code }) => code);
    `);

    expect(code).toBe('unauthenticated');
  });
});

describe('an upload', () => {
  const PAUSE_AFTER_THE_FIRST_PIECE = `
    const pause = new AbortController();
    const percents = [];
    const onProgress = ({ percent }) => { percents.push(percent); pause.abort(); };
    const name = await client.submit(talk, { signal: pause.signal, onAbort: 'keep', onProgress }).catch(({ name }) => name);
  `;
  const GO_ON = `
    const previous = await client.findPreviousUpload(talk);
    const percents = [];
    const jobId = await client.submit(talk, { onProgress: ({ percent }) => percents.push(percent) });
    const { data: job } = await transcriber.getJob({ client: client.api, path: { job_id: jobId } });
    const { data: media } = await transcriber.getMediaInfo({ client: client.api, path: { media_id: job.media_id } });
    return { received: previous?.received_bytes, percents, size: media.size_bytes, left: localStorage.length };
  `;
  let size: number;

  beforeAll(async () => {
    size = (await readFile(fixturePath(TALK))).length;
  });

  it('is paused, and goes on where it was after the page was loaded anew', async () => {
    expect(await run(`${PAUSE_AFTER_THE_FIRST_PIECE} return { name, percents };`)).toEqual({
      name: 'AbortError',
      percents: [(CHUNK_BYTES / size) * 100],
    });
    await openPage();

    const seen = await run<{ received: number; percents: number[]; size: number; left: number }>(GO_ON);

    expect(seen).toMatchObject({ received: CHUNK_BYTES, size, left: 0 });
    expect(seen.percents[0]).toBe(((2 * CHUNK_BYTES) / size) * 100);
    expect(seen.percents.at(-1)).toBe(100);
  });

  it('begins anew when it was cancelled elsewhere', async () => {
    await run(PAUSE_AFTER_THE_FIRST_PIECE);
    await run(`
      const { session_id } = await client.findPreviousUpload(talk);
      await transcriber.cancelUpload({ client: client.api, path: { session_id } });
    `);

    const seen = await run<{ received?: number; percents: number[] }>(GO_ON);

    expect(seen.received).toBeUndefined();
    expect(seen.percents[0]).toBe((CHUNK_BYTES / size) * 100);
  });

  it('begins anew with other options', async () => {
    await run(PAUSE_AFTER_THE_FIRST_PIECE);

    const job = await run<{ language: string; status: string }>(`
      const jobId = await client.submit(talk, { language: 'en', words: true });
      return client.waitFor(jobId);
    `);

    expect(job).toMatchObject({ language: 'en', status: 'completed' });
  });
});

describe('the jobs', () => {
  it('are told of as they change, and found by what was said', async () => {
    const seen = await run<{ statuses: string[]; found: number; completed: string[] }>(`
      const stop = new AbortController();
      const statuses = [];
      let jobId;
      const onOpen = async () => { jobId ??= await client.submit(talk); };
      for await (const event of client.jobEvents({ signal: stop.signal, onOpen })) {
        statuses.push(event.to);
        if (event.to === 'completed' && event.job_id === jobId) break;
      }
      const query = { status: ['completed'], text: 'leisure to consider', limit: 1 };
      const { data } = await transcriber.listJobs({ client: client.api, query });
      return { statuses, found: data.jobs.length, completed: data.jobs.map(({ status }) => status) };
    `);

    expect(seen.statuses.slice(-3)).toEqual(['queued', 'processing', 'completed']);
    expect(seen).toMatchObject({ found: 1, completed: ['completed'] });
  });
});
