/**
 * The first page in a real browser against the started service, with real recordings and the bundled model. Needs the built
 * service and web app (`dist/`, `web/dist/`), which `npm test` makes.
 */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { type RunningService, startService } from '../support/start-service.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SAMPLE = path.join(ROOT, 'docs/samples/sense-and-sensibility.wav');
const SCREENSHOT = path.join(ROOT, 'docs/images/first-page.png');
const PICTURE = { width: 1100, height: 640 };
const AXE = path.join(ROOT, 'node_modules/axe-core/axe.min.js');
const WORDS = /had then leisure to consider how much there might be prudently in his power to do for them/i;
const TRANSCRIPTION_LIMIT_MS = 60_000;

jest.setTimeout(120_000);

let service: RunningService;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the browser complained about: errors of scripts, and anything that the security policy stopped. */
let complaints: string[];

beforeAll(async () => {
  service = await startService();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(async () => {
  complaints = [];
  context = await browser.newContext({
    viewport: { width: 1100, height: 860 },
    locale: 'en-GB',
    acceptDownloads: true,
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});
afterEach(async () => {
  await context.close();
});

async function openPage(): Promise<void> {
  await page.goto(service.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Drops a file as a person does: the events carry it, no field is filled by the test. Code for the page is text: tests know no DOM types. */
async function drop(name: string, type: string, content: Buffer): Promise<void> {
  const [fileName, fileType, base64] = [name, type, content.toString('base64')].map((text) =>
    JSON.stringify(text),
  );
  const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob(${String(base64)}), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], ${String(fileName)}, { type: ${String(fileType)} }));
    return transfer;
  })()`);
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('.drop', event, { dataTransfer: transfer });
  }
}

async function transcribeSample(): Promise<void> {
  await page.getByLabel('Choose a recording').setInputFiles(SAMPLE);
  await page.getByRole('button', { name: 'Transcribe' }).click();
  await page.locator('.segments').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
}

/** A PNG begins with its signature and a header chunk: width and height are the first fields of that. */
function sizeOfPng(png: Buffer): { width: number; height: number } {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

/** Faults that axe finds in the page as it stands, one line each. */
async function violations(): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}

describe('the first page', () => {
  it('turns a dropped recording into its words, shows how far it is, and hands out the subtitles', async () => {
    await openPage();
    await drop('sense-and-sensibility.wav', 'audio/wav', await readFile(SAMPLE));
    await page.getByRole('button', { name: 'Transcribe' }).click();
    await page.getByRole('progressbar').waitFor();
    await page.locator('.segments').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    const text = (await page.locator('.segments p').allInnerTexts()).join(' ');
    expect(text).toMatch(WORDS);

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as srt' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/\.srt$/);
    const srt = await readFile(await download.path(), 'utf8');
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
    expect(srt.replaceAll('\n', ' ')).toMatch(/leisure to consider/i);
    expect(complaints).toEqual([]);
  });

  it('plays the recording from the time of a line', async () => {
    await openPage();
    await transcribeSample();
    await page
      .getByRole('button', { name: /play from here/ })
      .first()
      .click();
    await page.waitForFunction(`document.querySelector('audio').currentTime > 0`);
    expect(complaints).toEqual([]);
  });

  it('comes back to the same job after a reload and from the list of recent recordings', async () => {
    await openPage();
    await transcribeSample();
    const address = page.url();
    await page.reload();
    await page.locator('.segments').waitFor();
    expect(page.url()).toBe(address);
    await page.getByRole('button', { name: 'Transcribe another' }).click();
    await page.getByRole('heading', { name: 'Transcribe a recording' }).waitFor();
    await page.locator('.jobs a').first().click();
    await page.locator('.segments').waitFor();
    expect(page.url()).toBe(address);
    await page.goBack();
    await page.getByRole('heading', { name: 'Transcribe a recording' }).waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await openPage();
    await page.getByText('base (default)').waitFor({ state: 'attached' });
    const choosing = page.waitForEvent('filechooser');
    // Name of the site, link to the API, then the field.
    for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await (await choosing).setFiles(SAMPLE);
    await page.getByRole('button', { name: 'Transcribe', disabled: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.segments').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    expect(await page.evaluate('document.activeElement.id')).toBe('transcript-title');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Transcribe another');
  });

  it('says why a text that is named like a recording was refused, and lets another file be chosen', async () => {
    await openPage();
    await drop('notes.mp3', 'audio/mpeg', Buffer.from('These are notes and no sound at all.\n'.repeat(30)));
    await page.getByRole('button', { name: 'Transcribe' }).click();
    const notice = page.getByRole('alert');
    await notice.waitFor();
    const said = await notice.innerText();
    expect(said).toContain('notes.mp3');
    expect(said).toMatch(/not an audio or video/i);
    await page.getByLabel('Choose a recording').setInputFiles(SAMPLE);
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Transcribe' }).isEnabled()).toBe(true);
  });

  it('does not send an empty file', async () => {
    await openPage();
    await drop('nothing.wav', 'audio/wav', Buffer.alloc(0));
    expect(await page.getByRole('alert').innerText()).toMatch(/empty/);
    expect(await page.getByRole('button', { name: 'Transcribe' }).isDisabled()).toBe(true);
  });

  it('says so when an address names a job that does not exist', async () => {
    await page.goto(`${service.url}/#job=01890000-0000-7000-8000-000000000000`);
    await page.getByRole('heading', { name: 'This transcript cannot be shown' }).waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/job/);
  });

  it('waits out a lost connection', async () => {
    await openPage();
    await page.getByLabel('Choose a recording').setInputFiles(SAMPLE);
    let refused = 0;
    await page.route('**/jobs/*', async (route) => {
      refused += 1;
      if (refused <= 2) await route.abort('connectionrefused');
      else await route.continue();
    });
    await page.getByRole('button', { name: 'Transcribe' }).click();
    await page.locator('.segments').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    expect(refused).toBeGreaterThan(2);
  });

  it('waits out a connection that breaks in the middle of an answer', async () => {
    const cutting = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"job_id":', () => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(cutting, 'listening');
    const { port } = cutting.address() as AddressInfo;
    await openPage();
    await page.getByLabel('Choose a recording').setInputFiles(SAMPLE);
    let cut = 0;
    await page.route('**/jobs/*', async (route) => {
      cut += 1;
      await route.continue(cut <= 2 ? { url: `http://127.0.0.1:${port}/` } : {});
    });
    await page.getByRole('button', { name: 'Transcribe' }).click();
    await page.locator('.segments').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    cutting.close();
    expect(cut).toBeGreaterThan(2);
  });

  it('says so when something else than the service answers to an upload', async () => {
    await page.route('**/upload', (route) => route.fulfill({ status: 200, body: '<h1>Please log in</h1>' }));
    await openPage();
    await page.getByLabel('Choose a recording').setInputFiles(SAMPLE);
    await page.getByRole('button', { name: 'Transcribe' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch(/could not be read/);
  });

  it.each(['light', 'dark'] as const)(
    'has no faults of accessibility that axe can find, in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await openPage();
      await page.getByText('base (default)').waitFor({ state: 'attached' });
      expect(await violations()).toEqual([]);
      await transcribeSample();
      expect(await violations()).toEqual([]);
    },
  );

  it('fits a screen of 360 pixels', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await openPage();
    await transcribeSample();
    const overflowing = await page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().width > 1)
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
      .map((element) => element.outerHTML.slice(0, 80))`);
    expect(overflowing).toEqual([]);
  });

  it('stands in the README with a picture of a transcript, which UPDATE_SCREENSHOT=1 takes anew', async () => {
    await page.setViewportSize(PICTURE);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    // One job in the list, whatever ran before.
    await page.route('**/jobs?*', async (route) => {
      const response = await route.fetch();
      const list = (await response.json()) as { jobs: unknown[]; total: number };
      await route.fulfill({ response, json: { ...list, jobs: list.jobs.slice(0, 1), total: 1 } });
    });
    await openPage();
    await transcribeSample();
    await page.getByText('Done').waitFor();
    expect(await page.locator('.segments').innerText()).toMatch(WORDS);
    expect(await page.locator('.jobs a').count()).toBe(1);
    const picture = await page.screenshot();
    if (process.env['UPDATE_SCREENSHOT'] === '1') await writeFile(SCREENSHOT, picture);

    expect(sizeOfPng(picture)).toEqual(PICTURE);
    expect(sizeOfPng(await readFile(SCREENSHOT))).toEqual(PICTURE);
    expect(await readFile(path.join(ROOT, 'README.md'), 'utf8')).toContain('(docs/images/first-page.png)');
  });
});
