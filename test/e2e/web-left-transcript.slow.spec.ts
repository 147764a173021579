/** A finished transcript in a real browser that is copied, or left before the service has what was typed. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { TranscriptRoom, type TranscriptPage } from '../support/web/transcript-page.js';

const HEARD = [
  { start: 0, end: 4, text: 'The family of Dashwood had long been settled.' },
  { start: 4, end: 8, text: 'Their estate was large.' },
];

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
beforeEach(async () => {
  await room.hear(HEARD);
  editor = await room.openPage(browser);
  page = editor.web.page;
});
afterEach(async () => {
  await editor.web.context.close();
});

describe('a transcript that is left before it is saved', () => {
  beforeEach(async () => {
    await page.route(/\/transcripts\/[^/]+$/, async (route) => {
      if (route.request().method() === 'PATCH') await route.abort('connectionrefused');
      else await route.continue();
    });
    await editor.field(0).fill('Typed, and left.');
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await editor.web.heading('Jobs').waitFor();
    await page.getByText(/is not saved yet: the service does not answer\. Trying again/).waitFor();
  });

  it('is saved on any page, which says so until then, as soon as the service answers', async () => {
    await page.unrouteAll();
    await page.getByText(/is not saved yet/).waitFor({ state: 'detached' });
    expect((await room.read()).segments[0]?.text).toBe('Typed, and left.');
  });

  it('is there again with what was typed, and can be undone', async () => {
    await page.getByRole('status').getByRole('link', { name: 'a transcript' }).click();
    await editor.web.awaitTranscript();
    expect(await editor.field(0).inputValue()).toBe('Typed, and left.');
    await page.unrouteAll();
    await editor.saveNow();
    await editor.web.button('Undo').click();
    expect(await editor.field(0).inputValue()).toBe(HEARD[0]?.text);
  });
});

it('is copied to the clipboard', async () => {
  await editor.web.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await editor.web.button('Copy text').click();
  await editor.state('Copied.');
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  for (const { text } of HEARD) expect(copied).toContain(text);
});
