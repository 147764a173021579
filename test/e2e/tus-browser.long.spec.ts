/** The official tus client in a real browser, on a page of another origin, over a network that comes and goes. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Job, Media } from '@whisper-transcriber/client-sdk';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { createApiKey } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { openBrowser } from '../support/open-browser.js';
import { type RunningService, startService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';
import { wavHeader } from '../support/wav-file.js';

jest.setTimeout(180_000);

const MB = 1_000_000;
const FILE_BYTES = 30 * MB;
const HEADER = wavHeader({ sampleRate: 48_000, channels: 2, bytes: FILE_BYTES - 44 });
/** Some seconds for the whole file. */
const UPLOAD_BYTES_PER_SECOND = 5 * MB;
const AWAY_MS = 5000;

/** Code of the page is text: tests know no DOM types. */
const SCRIPT = `
  const seen = { url: null, sentBytes: 0, acceptedBytes: 0, offsets: [], jobId: null, failure: null, isDone: false, previous: 0 };

  function makeFile() {
    const bytes = new Uint8Array(${FILE_BYTES});
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = (at * 31) >> 3;
    bytes.set(${JSON.stringify([...HEADER])});
    return new File([bytes], 'talk.wav', { type: 'audio/wav', lastModified: 1 });
  }

  async function begin({ endpoint, key, ...options }) {
    const upload = new tus.Upload(makeFile(), {
      endpoint,
      headers: { 'x-api-key': key },
      metadata: { filename: 'talk.wav' },
      retryDelays: [0, 1000, 1000, 2000, 2000, 2000],
      ...options,
      onUploadUrlAvailable: () => (seen.url = upload.url),
      onProgress: (sent) => (seen.sentBytes = sent),
      onChunkComplete: (size, accepted) => (seen.acceptedBytes = accepted),
      onAfterResponse: (request, response) => {
        if (request.getMethod() === 'HEAD') seen.offsets.push(Number(response.getHeader('upload-offset')));
        seen.jobId = response.getHeader('x-job-id') ?? null;
      },
      onSuccess: () => (seen.isDone = true),
      onError: (error) => (seen.failure = String(error)),
    });
    addEventListener('online', () => upload.start());
    const previous = await upload.findPreviousUploads();
    seen.previous = previous.length;
    if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
    upload.start();
  }`;

interface Seen {
  readonly url: string | null;
  /** As far as the browser has sent the file. */
  readonly sentBytes: number;
  /** What the service has acknowledged. */
  readonly acceptedBytes: number;
  /** Where the service said that the upload stands. */
  readonly offsets: readonly number[];
  readonly jobId: string | null;
  readonly failure: string | null;
  /** Uploads of this file that the client remembered. */
  readonly previous: number;
  readonly isDone: boolean;
}

let pages: Server;
let service: RunningService;
let network: TcpProxy;
let browser: Browser;
let page: Page;
let devtools: CDPSession;
let key: string;

beforeAll(async () => {
  const client = await readFile(
    path.resolve(import.meta.dirname, '../../node_modules/tus-js-client/dist/tus.min.js'),
  );
  pages = createServer((request, response) => {
    if (request.url === '/tus.js') response.setHeader('content-type', 'text/javascript').end(client);
    else
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><title>Upload</title><script src="/tus.js"></script><script>${SCRIPT}</script>`);
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  service = await startService({ env: { WORKER_EMBEDDED: 'false', CORS_ORIGINS: originOfPages() } });
  network = new TcpProxy({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
  await network.open();
  ({ key } = await createApiKey(service.url, ['read', 'transcribe']));
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await network.cut();
  await service.stop();
  pages.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await goOnline(true);
  await page.goto(originOfPages());
});

afterEach(async () => {
  await page.close();
});

function originOfPages(): string {
  return `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}

async function goOnline(online: boolean): Promise<void> {
  await devtools.send('Network.emulateNetworkConditions', {
    offline: !online,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: UPLOAD_BYTES_PER_SECOND,
  });
}

async function begin(options: { readonly chunkSize?: number } = {}): Promise<void> {
  const endpoint = `http://127.0.0.1:${network.port}/uploads/tus`;
  await page.evaluate(`begin(${JSON.stringify({ endpoint, key, ...options })})`);
}

function seen(): Promise<Seen> {
  return page.evaluate<Seen>('seen');
}

async function waitForPage(condition: (now: Seen) => boolean, what: string): Promise<Seen> {
  let now = await seen();
  const holds = async (): Promise<boolean> => {
    now = await seen();
    return condition(now);
  };
  await waitFor(holds, { limitMs: 60_000, what });
  return now;
}

/** Where the upload stands, asked past the network of the browser. */
async function storedBytes({ url }: Seen): Promise<number> {
  const tus = new TusRequests(`${service.url}/uploads/tus`, { 'x-api-key': key });
  return tus.offset(service.url + new URL(url ?? '').pathname);
}

/** The end of every upload: the job, and the bytes that the page made. */
async function expectArrived({ jobId }: Seen): Promise<void> {
  const headers = { 'x-api-key': key };
  const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${String(jobId)}`, { headers }));
  const mediaUrl = `${service.url}/media/${String(job.media_id)}`;
  const media = await jsonOf<Media>(await fetch(`${mediaUrl}/info`, { headers }));
  const content = Buffer.from(await (await fetch(mediaUrl, { headers })).arrayBuffer());
  const sha256 = await page.evaluate<string>(`makeFile().arrayBuffer()
    .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
    .then((digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''))`);
  expect(media.sha256).toBe(sha256);
  expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
}

describe('the official tus client in a browser', () => {
  it('goes on by itself where the service stands when the network was away for five seconds', async () => {
    await begin();
    const before = await waitForPage(({ sentBytes }) => sentBytes > 8 * MB, 'the first bytes');
    expect(before.offsets).toEqual([]);

    await network.cut();
    const stored = await storedBytes(before);
    await pause(AWAY_MS);
    const away = await seen();
    expect(away.acceptedBytes).toBeLessThanOrEqual(stored);
    expect(await storedBytes(before)).toBe(stored);
    await network.open();

    const after = await waitForPage(({ offsets }) => offsets.length > 0, 'the client to come back');
    expect(after.offsets).toEqual([stored]);
    await expectArrived(await waitForPage(({ isDone }) => isDone, 'the end of the upload'));
  });

  it('is gone on with by the page when the browser was offline', async () => {
    await begin();
    const before = await waitForPage(({ sentBytes }) => sentBytes > 8 * MB, 'the first bytes');

    // Told that it is offline, Chromium sends nothing new, but what is on its way goes on.
    await goOnline(false);
    await network.cut();
    await waitForPage(({ failure }) => failure !== null, 'the client to notice that it is offline');
    const stored = await storedBytes(before);
    await network.open();
    await goOnline(true);

    const after = await waitForPage(({ offsets }) => offsets.length > 0, 'the client to be online again');
    expect(after.offsets).toEqual([stored]);
    await expectArrived(await waitForPage(({ isDone }) => isDone, 'the end after being offline'));
  });

  it('goes on after the page was loaded anew in the middle', async () => {
    await begin({ chunkSize: 4 * MB });
    const before = await waitForPage(({ acceptedBytes }) => acceptedBytes >= 8 * MB, 'two chunks');
    expect(await storedBytes(before)).toBeGreaterThanOrEqual(before.acceptedBytes);

    await page.reload();
    const stored = await storedBytes(before);
    await begin({ chunkSize: 4 * MB });

    const after = await waitForPage(({ offsets }) => offsets.length > 0, 'the client to come back');
    expect(after.previous).toBe(1);
    expect(after.url).toBe(before.url);
    expect(after.offsets).toEqual([stored]);
    await expectArrived(await waitForPage(({ isDone }) => isDone, 'the end of the upload'));
  });
});
