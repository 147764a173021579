/** The first journey without a mouse, on a service where everybody has to sign in; what is heard and what moves on the way. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_PASSWORD, becomeAdministrator, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { keepCredential } from '../support/collected-logs.js';
import { openBrowser } from '../support/open-browser.js';
import { type RunningService, startService } from '../support/start-service.js';
import { SAMPLE, WebPage } from '../support/web/web-page.js';

jest.setTimeout(120_000);

let service: RunningService;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeAll(async () => {
  service = await startService({
    env: { ANONYMOUS_LOCAL: 'false', ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD },
  });
  await becomeAdministrator(service.url);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(async () => {
  web = await WebPage.open(browser, service.url);
  page = web.page;
  keepCredential(ADMIN_PASSWORD);
});
afterEach(async () => {
  await web.context.close();
});

async function signInByKeys(): Promise<void> {
  await web.goto('/');
  await web.heading('Sign in').waitFor();
  await web.tabTo('User name');
  await page.keyboard.type('admin');
  await web.tabTo('Password');
  await page.keyboard.type(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await web.heading('Transcribe a recording').waitFor();
}

async function uploadByKeys(): Promise<void> {
  await page.getByText('base (default').waitFor({ state: 'attached' });
  const choosing = page.waitForEvent('filechooser');
  await web.tabTo(/^Choose recordings/);
  await page.keyboard.press('Enter');
  await (await choosing).setFiles(SAMPLE);
  await page.locator('button[type=submit]:focus').waitFor();
  await page.keyboard.press('Enter');
  await web.awaitTranscript();
}

it('goes from the sign-in to a corrected and exported transcript by keys alone', async () => {
  await signInByKeys();
  await uploadByKeys();
  await page.keyboard.press('Alt+ArrowDown');
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Said by keys.');
  await page.keyboard.press('Control+s');
  await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  await web.tabTo('Export', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Export' }).waitFor();
  await web.tabTo('Format');
  await page.keyboard.type('SRT');
  const downloading = page.waitForEvent('download');
  await web.tabTo('Download');
  await page.keyboard.press('Enter');
  const srt = await readFile(await (await downloading).path(), 'utf8');
  expect(srt).toMatch(/-->/);
  expect(srt.replaceAll(/\s+/g, ' ')).toContain('Said by keys.');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await web.isFocused('Export')).toBe(true);
});

it('leads past the head of a page to what it is about', async () => {
  await signInByKeys();
  await web.tabTo('Skip to the content', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await web.tabTo(/^Choose recordings/);
  expect(await page.evaluate(`document.querySelector('main').contains(document.activeElement)`)).toBe(true);
});

it('tells what happens in regions that were there before', async () => {
  await signInByKeys();
  await uploadByKeys();
  const told = page.evaluate<string[]>(`new Promise((resolve) => {
    const regions = [...document.querySelectorAll('[role=status]')];
    const heard = [];
    new MutationObserver(() => {
      for (const { textContent } of regions) heard.push(textContent.trim());
      if (heard.includes('Not saved yet') && heard.includes('Saved')) resolve(heard);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  })`);
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.type('Well. ');
  expect(await told).toEqual(expect.arrayContaining(['Not saved yet', 'Saved']));
});

it('moves nothing for those who asked for that', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signInByKeys();
  await uploadByKeys();
  const moving = `[...document.querySelectorAll('*')].filter((element) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
    return /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth';
  }).map((element) => element.outerHTML.slice(0, 80))`;
  expect(await page.evaluate(moving)).toEqual([]);
  expect(await page.evaluate(`document.getAnimations().length`)).toBe(0);
  await web.goto('/app/jobs');
  expect(await page.evaluate(moving)).toEqual([]);
});
