/** What the web app shows while something goes on, over a network that can be cut: text that grows, lists that stay true. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page, Request, Route } from 'playwright-core';
import { upload } from '../support/api-client.js';
import { longRecording } from '../support/long-recording.js';
import { startService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { inBrowser } from '../support/web/in-browser.js';
import type { WebPage } from '../support/web/web-page.js';

const MIB = 2 ** 20;
const SPEECH = 'clips/fr/bonjour_monde.wav';
const STREAMS = /\/events(\?|$)/;

const app = inBrowser(openBehindProxy, (service) => service.close());
let web: WebPage;
let page: Page;
let folder: string;
let talk: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'web-live-'));
  talk = path.join(folder, 'talk.wav');
  await writeFile(talk, await longRecording(4 * MIB));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  ({ web, page } = app);
});

async function openBehindProxy(): Promise<{
  url: string;
  direct: string;
  network: TcpProxy;
  close: () => Promise<void>;
}> {
  const service = await startService();
  const network = new TcpProxy({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
  await network.open();
  const close = async (): Promise<void> => {
    await network.cut();
    await service.stop();
  };
  return { url: `http://127.0.0.1:${network.port}`, direct: service.url, network, close };
}

/** How many segments there were, each time that was another number, until the text was finished. */
async function countsOfSegments(): Promise<number[]> {
  await page.evaluate(`(() => {
    window.counts = [];
    new MutationObserver(() => {
      const count = document.querySelectorAll('section[aria-label=Transcript] .segments > li').length;
      const isAtWork = document.querySelector('section[aria-label=Progress]') !== null;
      if (isAtWork && count > 0 && window.counts.at(-1) !== count) window.counts.push(count);
    }).observe(document.body, { subtree: true, childList: true });
  })()`);
  await web.transcribe(talk);
  return page.evaluate<number[]>('window.counts');
}

describe('a job that is looked at', () => {
  it('shows its text as it grows', async () => {
    await web.goto('/');
    const counts = await countsOfSegments();
    expect(counts.length).toBeGreaterThan(1);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(web.complaints).toEqual([]);
  });

  it('is read until its end where no stream of events passes', async () => {
    await page.route(STREAMS, (route) => route.abort('connectionrefused'));
    let read = 0;
    page.on('request', (request) => {
      if (/\/jobs\/[\w-]{36}$/.test(request.url())) read += 1;
    });
    await web.goto('/');
    await web.transcribe(talk);
    expect(read).toBeGreaterThan(2);
  });

  it('leaves no stream behind when another page is gone to', async () => {
    const open = new Set<string>();
    page.on('request', (request) => {
      if (STREAMS.test(request.url())) open.add(request.url());
    });
    const close = (request: Request): void => {
      open.delete(request.url());
    };
    page.on('requestfinished', close);
    page.on('requestfailed', close);
    await web.goto('/');
    for (let visit = 0; visit < 8; visit += 1) {
      await page.getByRole('link', { name: 'Jobs', exact: true }).click();
      await web.heading('Jobs').waitFor();
      await page.getByRole('link', { name: 'Search' }).click();
      await web.heading('Search').waitFor();
    }
    // Of one host a browser opens six connections: with each page that left one this would not come.
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first().waitFor();
    expect(open.size).toBeLessThanOrEqual(1);
  });
});

describe('the list of jobs', () => {
  it('goes on after the connection was lost, and knows what it missed', async () => {
    const { direct, network } = app.service;
    await web.goto('/app/jobs');
    const first = await order(direct);
    const row = (id: string) => page.locator(`li:has(a[href$="${id}"])`);
    await row(first).waitFor();
    await network.cut();
    const second = await order(direct);
    await fetch(`${direct}/jobs/${first}`, { method: 'DELETE' });
    await network.open();
    await row(second).waitFor();
    await row(first).waitFor({ state: 'detached' });
    const third = await order(direct);
    await row(third).waitFor();
  });

  it('is read again and again where no stream of events passes', async () => {
    await page.route(STREAMS, (route) => route.abort('connectionrefused'));
    await web.goto('/app/jobs');
    const id = await order(app.service.direct);
    await page.locator(`li:has(a[href$="${id}"])`).waitFor();
  });
});

describe('a device that goes offline', () => {
  it('is told so, and goes on when it is back', async () => {
    await web.goto('/app/jobs');
    await page
      .getByText(/\d+ jobs?$/)
      .first()
      .waitFor();
    await web.context.setOffline(true);
    await page.getByText('This device is offline.').waitFor();
    const id = await order(app.service.direct);
    await web.context.setOffline(false);
    await page.getByText('This device is offline.').waitFor({ state: 'detached' });
    await page.locator(`li:has(a[href$="${id}"])`).waitFor();
  });

  it('sends the rest of an upload when it is back', async () => {
    await web.goto('/');
    const held = new Promise<Route>((resolve) => {
      void page.route('**/uploads/tus/*', resolve);
    });
    await web.choose(talk);
    await web.button('Transcribe').click();
    const piece = await held;
    await web.context.setOffline(true);
    await piece.abort('internetdisconnected');
    await page.unroute('**/uploads/tus/*');
    await page.getByText('This device is offline.').waitFor();
    await web.context.setOffline(false);
    await page.waitForURL(/\/app\/jobs\/[\w-]{36}$/);
    await web.button('Cancel').click();
    await page.getByText('The job was cancelled').waitFor();
  });
});

/** A job that is ordered elsewhere, and ended there at once. @returns its id */
async function order(url: string): Promise<string> {
  const response = await upload(url, { file: SPEECH });
  const { job_id: id } = (await response.json()) as { job_id: string };
  await fetch(`${url}/jobs/${id}/cancel`, { method: 'POST' });
  return id;
}
