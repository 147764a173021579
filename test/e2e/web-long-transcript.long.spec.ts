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

  it('keeps the focus, and what is typed, in a segment that was scrolled out of sight', async () => {
    await editor.field(0).focus();
    await page.keyboard.press('End');
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    const middle = page.locator('li[aria-posinset="1000"]').getByRole('textbox');
    await middle.waitFor();
    expect(await editor.fields.count()).toBeLessThan(100);
    await page.keyboard.type(' And more.');
    await editor.saveNow();
    expect((await room.read()).segments[0]?.text).toBe(`${LONG_SPEECH[0]?.text ?? ''} And more.`);
  });

  it('goes on with Tab from there, and not from the top of the page', async () => {
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    await page.locator('li[aria-posinset="1000"]').getByRole('textbox').focus();
    await page.evaluate('window.scrollTo(0, 0)');
    await page.locator('li[aria-posinset="1"]').waitFor();
    const place = `document.activeElement.closest('li')?.getAttribute('aria-posinset')`;
    // Past the buttons of the segment that has the focus.
    for (let presses = 0; presses < 10 && (await page.evaluate(place)) === '1000'; presses += 1)
      await page.keyboard.press('Tab');
    expect(await page.evaluate(place)).toBe('1001');
  });

  it('names a speaker in all of it at once, and leads to the next segment of one who is far away', async () => {
    const segments = LONG_SPEECH.map((segment, index) => ({
      ...segment,
      speaker: index === 1500 ? 'speaker_2' : 'speaker_1',
    }));
    await room.change({ segments, speakers: { speaker_1: 'Speaker 1', speaker_2: 'Speaker 2' } });
    await page.reload();
    await page.getByRole('textbox', { name: 'Name of Speaker 1' }).fill('Elinor');
    await page.keyboard.press('Enter');
    await editor.web.button('Next segment of Speaker 2').click();
    await page.locator('li[aria-posinset="1501"] textarea:focus').waitFor();
    await page.locator('li[aria-posinset="1500"] .name', { hasText: 'Elinor' }).waitFor();
    expect(await editor.fields.count()).toBeLessThan(100);
    await editor.saveNow();
    expect((await room.read()).speakers).toEqual({ speaker_1: 'Elinor', speaker_2: 'Speaker 2' });
  });

  it('is edited in the middle, and saved', async () => {
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    const row = page.locator('li[aria-posinset="1000"]').getByRole('textbox');
    await row.fill('In the middle.');
    await editor.saveNow();
    expect((await room.read()).segments[999]?.text).toBe('In the middle.');
  });
});
