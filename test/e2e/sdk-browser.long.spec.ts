/** The SDK in a real browser, on a page of another origin. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createApiKey } from '../support/accounts.js';
import { fixturePath, getTranscript, transcribe } from '../support/api-client.js';
import { bundleSdk } from '../support/bundled-sdk.js';
import { openBrowser } from '../support/open-browser.js';
import { startService, type RunningService } from '../support/start-service.js';

const CLIP = 'clips/fr/bonjour_monde.wav';
const MOST_BYTES = 15_000;

const sdk = bundleSdk();
let pages: Server;
let service: RunningService;
let browser: Browser;
let page: Page;
let key: string;

beforeAll(async () => {
  const clip = await readFile(fixturePath(CLIP));
  pages = createServer(({ url }, response) => {
    if (url === '/clip.wav') response.end(clip);
    else
      response
        .setHeader('content-type', 'text/html')
        .end(url === '/' ? '<!doctype html><title>Page</title><script src="/sdk.js"></script>' : sdk);
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  service = await startService({ env: { CORS_ORIGINS: origin } });
  ({ key } = await createApiKey(service.url, ['transcribe', 'read']));
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(origin);
}, 90_000);

afterAll(async () => {
  await browser.close();
  pages.close();
  await service.stop();
});

/** Runs text in the page, which has a `client`. */
function run<T>(script: string, apiKey = key): Promise<T> {
  const settings = JSON.stringify({ baseUrl: service.url, apiKey, chunkBytes: 20_000, retries: 1 });
  return page.evaluate<T>(`(async () => {
    const client = transcriber.createClient(${settings});
    ${script}
  })()`);
}

describe('the SDK for browsers', () => {
  it('is small', () => {
    expect(gzipSync(sdk).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('sends a file from a page, tells how far it is, and gives the text', async () => {
    const job = await transcribe(service.url, { file: CLIP });
    const { text } = await getTranscript(service.url, job.job_id);

    const seen = await run<{ text: string; name: string; phases: string[]; percents: number[] }>(`
      const blob = await (await fetch('/clip.wav')).blob();
      const progress = [];
      const transcript = await client.transcribe(new File([blob], 'Grüße.wav'), { onProgress: (one) => progress.push(one) });
      const { data } = await transcriber.getJob({ client: client.api, path: { job_id: transcript.job_id } });
      return {
        text: transcript.text,
        name: data.original_filename,
        phases: [...new Set(progress.map(({ phase }) => phase))],
        percents: progress.filter(({ phase }) => phase === 'uploading').map(({ percent }) => percent),
      };
    `);

    expect(seen).toMatchObject({ text, name: 'Grüße.wav' });
    expect(seen.phases).toContain('uploading');
    expect(seen.percents.length).toBeGreaterThan(2);
    expect(seen.percents).toEqual(seen.percents.toSorted((a, b) => a - b));
  });

  it('cancels from a page', async () => {
    const seen = await run<{ name: string; statuses: string[] }>(`
      const blob = await (await fetch('/clip.wav')).blob();
      const abort = new AbortController();
      const jobId = await client.submit(blob);
      abort.abort();
      const name = await client.waitFor(jobId, { signal: abort.signal }).catch((error) => error.name);
      await client.transcribe(blob, { signal: abort.signal }).catch(() => undefined);
      const { data } = await transcriber.listUploads({ client: client.api });
      return { name, statuses: data.sessions.map(({ status }) => status) };
    `);

    expect(seen.name).toBe('AbortError');
    expect(seen.statuses).not.toContain('active');
  });

  it('says what is wrong, to pages of other origins too', async () => {
    const seen = await run<unknown>(
      `return await transcriber.listJobs({ client: client.api }).catch(({ name, code, status, requestId }) => ({ name, code, status, requestId }));`,
      'wt_wrong',
    );

    expect(seen).toEqual({
      name: 'TranscriberError',
      code: 'unauthenticated',
      status: 401,
      requestId: expect.stringMatching(/./),
    });
  });

  it('verifies webhooks, also without Node', async () => {
    const seen = await run<string>(`
      return await transcriber.verifyWebhook('{}', { 'webhook-id': 'a', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AA' }, 'whsec_AAAA')
        .catch(({ name }) => name);
    `);

    expect(seen).toBe('WebhookVerificationError');
  });
});
