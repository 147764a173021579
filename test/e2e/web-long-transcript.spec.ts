/** A transcript of three hours in a real browser. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { LONG_SPEECH, TranscriptRoom, type TranscriptPage } from '../support/web/transcript-page.js';

jest.setTimeout(120_000);

let room: TranscriptRoom;
let browser: Browser;
let editor: TranscriptPage;
let page: Page;

beforeAll(async () => {
  room = await TranscriptRoom.open();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await room.close();
});
afterEach(async () => {
  await editor.web.context.close();
});

describe('a transcript of 20,000 words', () => {
  beforeEach(async () => {
    await room.hear(LONG_SPEECH, 10_000);
    editor = await room.openPage(browser);
    page = editor.web.page;
  });

  it('has few of its segments in the page wherever the reader is, and finds over all of them', async () => {
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    await page.getByText('Segment 2000 has').waitFor();
    expect(await editor.fields.count()).toBeLessThan(100);
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find', { exact: true }).fill('Segment 1000 ');
    await editor.state('1 of 1');
    await page.locator('li[aria-posinset="1000"] .current').first().waitFor();
    expect(await editor.fields.count()).toBeLessThan(100);
  });

  it('is edited in the middle, and saved', async () => {
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    const row = page.locator('li[aria-posinset="1000"]').getByRole('textbox');
    await row.fill('In the middle.');
    await editor.saveNow();
    expect((await room.read()).segments[999]?.text).toBe('In the middle.');
  });
});
