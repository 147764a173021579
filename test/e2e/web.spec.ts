/**
 * The web app's way from a recording to its text, in a real browser against the started service, with real recordings and the bundled model.
 * Needs the built service and web app (`dist/`, `web/dist/`), which `npm test` makes.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startService } from '../support/start-service.js';
import { inBrowser } from '../support/web/in-browser.js';
import { expectInDocs } from '../support/web/pictures-in-docs.js';
import { SAMPLE, type WebPage } from '../support/web/web-page.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const WORDS = /had then leisure to consider how much there might be prudently in his power to do for them/i;

const app = inBrowser(
  () => startService(),
  (running) => running.stop(),
);
let web: WebPage;
let page: Page;

beforeEach(() => {
  ({ web, page } = app);
});

describe('the web app', () => {
  it('turns a dropped recording into its words, and hands out the subtitles', async () => {
    await web.goto('/');
    await web.drop([
      { name: 'sense-and-sensibility.wav', type: 'audio/wav', content: await readFile(SAMPLE) },
    ]);
    await web.button('Transcribe').click();
    await web.awaitTranscript();
    expect(await web.text()).toMatch(WORDS);

    await web.button('Export').click();
    await page.getByLabel('Format').selectOption('srt');
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/\.srt$/);
    const srt = await readFile(await download.path(), 'utf8');
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
    expect(srt.replaceAll('\n', ' ')).toMatch(/leisure to consider/i);
    expect(web.complaints).toEqual([]);
  });

  it('plays the recording from the time of a line', async () => {
    await web.goto('/');
    await web.transcribe();
    const seeking = page.evaluate(`new Promise((resolve) => {
      document.querySelector('audio').addEventListener('playing', resolve, { once: true });
    }).then(() => undefined)`);
    await web
      .button(/play from here/)
      .first()
      .click();
    await seeking;
    expect(web.complaints).toEqual([]);
  });

  it('comes back to the same job after a reload, from the list of recent recordings, and by going back', async () => {
    await web.goto('/');
    await web.transcribe();
    const address = page.url();
    expect(new URL(address).pathname).toMatch(/^\/app\/jobs\/[\w-]+$/);
    await page.reload();
    await web.awaitTranscript();
    expect(page.url()).toBe(address);
    await page.getByRole('link', { name: 'Transcribe another' }).click();
    await web.heading('Transcribe a recording').waitFor();
    await page.getByRole('region', { name: 'Recent recordings' }).getByRole('listitem').first().click();
    await web.awaitTranscript();
    expect(page.url()).toBe(address);
    await page.goBack();
    await web.heading('Transcribe a recording').waitFor();
  });

  it('leads from an address of its first version to the page of the job', async () => {
    await web.goto('/');
    await web.transcribe();
    const { pathname } = new URL(page.url());
    await web.goto(`/#job=${pathname.split('/').at(-1) ?? ''}`);
    await web.awaitTranscript();
    expect(new URL(page.url()).pathname).toBe(pathname);
  });

  it('can be used with the keyboard alone', async () => {
    await web.goto('/');
    await page.getByText('base (default').waitFor({ state: 'attached' });
    const choosing = page.waitForEvent('filechooser');
    // The focus is on the heading: the field is what comes next.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await (await choosing).setFiles(SAMPLE);
    await page.locator('button[type=submit]:focus').waitFor();
    await page.keyboard.press('Enter');
    await web.awaitTranscript();
    // Its heading, then the way back.
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Transcribe another');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Delete this job?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Delete');
  });

  it('says so when an address names a job, or a page, that does not exist', async () => {
    await web.goto('/app/jobs/01890000-0000-7000-8000-000000000000');
    await web.heading('This transcript cannot be shown').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/job/);
    await web.goto('/app/no/such/page');
    await web.heading('Page not found').waitFor();
  });

  it('waits out a lost connection', async () => {
    await web.goto('/');
    await web.choose(SAMPLE);
    let refused = 0;
    await page.route(/\/jobs\/[\w-]{36}/, async (route) => {
      if (route.request().resourceType() === 'document') return route.continue();
      refused += 1;
      return refused <= 2 ? route.abort('connectionrefused') : route.continue();
    });
    await web.button('Transcribe').click();
    await web.awaitTranscript();
    expect(refused).toBeGreaterThan(2);
  });

  it('waits out a connection that breaks in the middle of an answer', async () => {
    const cutting = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"job_id":', () => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(cutting, 'listening');
    const { port } = cutting.address() as AddressInfo;
    await web.goto('/');
    await web.choose(SAMPLE);
    let cut = 0;
    await page.route(/\/jobs\/[\w-]{36}$/, async (route) => {
      cut += 1;
      await route.continue(cut <= 2 ? { url: `http://127.0.0.1:${port}/` } : {});
    });
    await web.button('Transcribe').click();
    await web.awaitTranscript();
    cutting.close();
    expect(cut).toBeGreaterThan(2);
  });

  it('stands in the README with a picture of a transcript, which UPDATE_SCREENSHOT=1 takes anew', async () => {
    await web.goto('/');
    await web.transcribe();
    expect(await web.text()).toMatch(WORDS);
    await expectInDocs(page, 'first-page.png', { width: 1100, height: 640 });

    expect(await readFile(path.join(ROOT, 'README.md'), 'utf8')).toContain('(docs/images/first-page.png)');
  });
});
