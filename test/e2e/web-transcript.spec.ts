/** The page of a finished transcript in a real browser: heard, edited, saved, compared and exported. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mammoth from 'mammoth';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'subsrt-ts';
import { openBrowser } from '../support/open-browser.js';
import { TranscriptRoom, type TranscriptPage } from '../support/web/transcript-page.js';

const HEARD = [
  { start: 0, end: 4, text: 'The famly of Dashwood had long been settled.' },
  { start: 4, end: 8, text: 'Their estate was large, and their house was large.' },
  { start: 9, end: 12, text: 'For many generations they had lived well.' },
];

jest.setTimeout(120_000);

let room: TranscriptRoom;
let browser: Browser;
let editor: TranscriptPage;
let page: Page;

beforeAll(async () => {
  room = await TranscriptRoom.open();
  browser = await openBrowser(['--autoplay-policy=no-user-gesture-required']);
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

const textsOf = async (): Promise<string[]> => (await room.read()).segments.map(({ text }) => text);
const playedSeconds = (): Promise<number> =>
  page.evaluate<number>(`document.querySelector('audio').currentTime`);

describe('a transcript that is played', () => {
  it('marks the word that is said, and goes where the reader presses', async () => {
    // Each word is marked for less than a busy browser may take to answer.
    const marked = page.evaluate<string[]>(`new Promise((resolve) => {
      const words = new Set();
      const observer = new MutationObserver(() => {
        for (const word of document.querySelectorAll('.spoken')) words.add(word.textContent);
      });
      observer.observe(document.querySelector('.segments'), { subtree: true, attributes: true });
      document.querySelector('audio').addEventListener('ended', () => resolve([...words]));
    })`);
    await editor.web.button('0:04, play from here').click();
    expect(await marked).toEqual(expect.arrayContaining(['estate', 'was', 'large,', 'and']));
    const waveform = page.getByRole('slider', { name: 'Position in the recording' });
    await waveform.click({ position: { x: 2, y: 10 } });
    expect(await playedSeconds()).toBeLessThan(1);
    await waveform.press('ArrowRight');
    expect(await playedSeconds()).toBeGreaterThanOrEqual(5);
    await editor.putCaret(0, 'long');
    await editor.field(0).click({ position: { x: 20, y: 10 } });
    expect(await playedSeconds()).toBeLessThan(1);
  });

  it('shows the waveform of the recording', async () => {
    await page.locator('.waveform path[d*="V"]').first().waitFor();
  });

  it('is opened at the time that an address names', async () => {
    const named = await room.openPage(browser, '#t=4.5');
    await named.web.page.locator('.playing', { hasText: 'Their estate' }).waitFor();
    expect(await named.web.page.evaluate<number>(`document.querySelector('audio').currentTime`)).toBeCloseTo(
      4.5,
    );
    await named.web.context.close();
  });

  it('tells which words the engine was unsure of, by more than their colour', async () => {
    await page.locator('.unsure', { hasText: 'famly' }).waitFor();
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.unsure')).textDecorationStyle`),
    ).toBe('dotted');
    const description = await editor.field(0).getAttribute('aria-describedby');
    expect(await page.locator(`[id="${description ?? ''}"]`).textContent()).toBe('Unsure: famly');
  });
});

describe('a transcript that is edited', () => {
  it('is saved by itself, and is there after a reload', async () => {
    await editor.field(0).fill('The family of Dashwood had long been settled.');
    await editor.state('Not saved yet');
    await editor.saved();
    await page.reload();
    await editor.web.awaitTranscript();
    expect(await editor.field(0).inputValue()).toBe('The family of Dashwood had long been settled.');
    const { segments } = await room.read();
    expect(segments[0]?.words?.map(({ text }) => text).slice(0, 2)).toEqual(['The', 'family']);
  });

  it('splits at the caret and merges again, each taken back by one undo', async () => {
    await editor.putCaret(1, 'and their');
    await page.keyboard.press('Control+Enter');
    await expectTexts(4);
    expect((await editor.texts()).slice(1, 3)).toEqual([
      'Their estate was large,',
      'and their house was large.',
    ]);
    await page.keyboard.press('Alt+Shift+ArrowUp');
    await expectTexts(3);
    await page.keyboard.press('Control+z');
    await expectTexts(4);
    await editor.saveNow();
    const { segments } = await room.read();
    expect(segments[2]).toMatchObject({ text: 'and their house was large.', end: 8 });
    expect(segments[2]?.start).toBe(segments[1]?.end);
    expect(segments[2]?.words?.[0]?.probability).toBe(0.95);
    await page.keyboard.press('Control+z');
    await expectTexts(3);
    await page.keyboard.press('Control+Shift+z');
    await expectTexts(4);
  });

  it('finds and replaces by case and by whole words, and takes that back', async () => {
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find', { exact: true }).fill('the');
    await editor.state('1 of 4');
    await page.getByLabel('Match case').check();
    await editor.state('1 of 2');
    await page.getByLabel('Whole words').check();
    await editor.state('Not found');
    await page.getByLabel('Find', { exact: true }).fill('large');
    await editor.state('1 of 2');
    await page.getByLabel('Replace with').fill('$& huge');
    await editor.web
      .button('Replace')
      .and(page.getByText('Replace', { exact: true }))
      .click();
    await editor.state('1 of 1');
    await editor.web.button('Replace all').click();
    await editor.state('1 place was changed.');
    expect(await editor.field(1).inputValue()).toBe('Their estate was $& huge, and their house was $& huge.');
    await page.keyboard.press('Escape');
    await editor.web.button('Undo').click();
    await editor.web.button('Undo').click();
    expect(await editor.texts()).toEqual(HEARD.map(({ text }) => text));
    await editor.saved();
  });

  it('names who speaks, renames them everywhere in one act, and sets times', async () => {
    await editor.field(0).focus();
    await editor.speakerTool.click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Elinor');
    await editor.web.button('Set speaker').click();
    await editor.field(2).focus();
    await editor.speakerTool.click();
    await page.getByRole('radio', { name: 'Elinor' }).check();
    await editor.web.button('Set speaker').click();
    await editor.web.button('Elinor, rename').nth(1).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Marianne');
    await editor.web.button('Set name').click();
    await editor.web.button('Marianne, rename').nth(1).waitFor();
    await editor.field(2).focus();
    await editor.web.button('Times').click();
    await page.getByLabel('End').fill('0:08.000');
    await editor.web.button('Set times').click();
    await page.getByRole('alert').getByText('The end has to be after the begin.').waitFor();
    await page.getByLabel('End').fill('0:11.250');
    await editor.web.button('Set times').click();
    await editor.saveNow();
    const { segments, speakers } = await room.read();
    expect(speakers).toEqual({ speaker_1: 'Marianne' });
    expect(segments.map(({ speaker, end }) => [speaker, end])).toEqual([
      ['speaker_1', 4],
      [undefined, 8],
      ['speaker_1', 11.25],
    ]);
  });

  it('names the channels of a recording', async () => {
    await room.hear(HEARD.map((segment, index) => ({ ...segment, channel: index % 2 })));
    await page.reload();
    await editor.web.button('Channel 1, rename').first().click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Elinor');
    await editor.web.button('Set name').click();
    expect(await editor.web.button('Elinor, rename').count()).toBe(2);
    await editor.saveNow();
    expect((await room.read()).speakers).toEqual({ channel_0: 'Elinor' });
  });

  it('keeps what was typed while the service is away, also over a reload', async () => {
    await page.route(/\/transcripts\/[^/]+$/, async (route) => {
      if (route.request().method() === 'PATCH') await route.abort('connectionrefused');
      else await route.continue();
    });
    await editor.field(0).fill('Typed without a service.');
    await editor.state('Not saved: no connection, trying again');
    await page.reload();
    await editor.web.awaitTranscript();
    expect(await editor.field(0).inputValue()).toBe('Typed without a service.');
    await page.unrouteAll();
    await editor.saveNow();
    expect((await textsOf())[0]).toBe('Typed without a service.');
  });
});

describe('two who edit at once', () => {
  let other: TranscriptPage;

  beforeEach(async () => {
    other = await room.openPage(browser);
    await other.field(0).fill('Theirs.');
    await other.saveNow();
    await editor.field(0).fill('Mine.');
    await page.getByRole('dialog', { name: 'This transcript was changed elsewhere' }).waitFor();
  });
  afterEach(async () => {
    await other.web.context.close();
  });

  it('are told who it was, and the difference; mine is kept and theirs stays a version', async () => {
    await page.getByRole('dialog').getByText('You, in another window,').waitFor();
    await editor.web.button('See the difference').click();
    expect(await page.locator('del').innerText()).toMatch(/Theirs\./);
    expect(await page.locator('ins').innerText()).toMatch(/Mine\./);
    await editor.web.button('Keep mine').click();
    await editor.saved();
    expect((await textsOf())[0]).toBe('Mine.');
    const { versions } = await room.versions();
    expect(versions.map(({ kind }) => kind)).toEqual(['edited', 'restored', 'edited', 'transcribed']);
  });

  it('may take theirs, and undo that', async () => {
    await editor.web.button('Take theirs').click();
    await editor.saved();
    expect(await editor.field(0).inputValue()).toBe('Theirs.');
    await editor.web.button('Undo').click();
    expect(await editor.field(0).inputValue()).toBe('Mine.');
  });
});

describe('versions', () => {
  it('are listed with who and when, compared word by word, and restored', async () => {
    await editor.field(0).fill('The family of Dashwood had long been settled.');
    await editor.saveNow();
    await editor.web.button('Versions').click();
    const list = page.getByRole('list', { name: 'Versions' });
    await list.getByText('Edited').waitFor();
    expect(await list.innerText()).toMatch(/Version 2[\s\S]*anna, \d[\s\S]*As it was heard[\s\S]*The engine/);
    await editor.web.button('Compare').click();
    expect(await page.locator('del').innerText()).toMatch(/famly$/);
    expect(await page.locator('ins').innerText()).toMatch(/family$/);
    await editor.web.button('Restore version 1').click();
    await editor.state('Version 1 was restored.');
    expect(await editor.texts()).toEqual(HEARD.map(({ text }) => text));
    expect(await textsOf()).toEqual(HEARD.map(({ text }) => text));
  });
});

describe('exports', () => {
  async function exported(format: string, choose: () => Promise<void>): Promise<Buffer> {
    await editor.web.button('Export').click();
    await page.getByLabel('Format').selectOption(format);
    await choose();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    return readFile(await (await downloading).path());
  }

  it('hold what has just been typed, as others read subtitles', async () => {
    await editor.field(2).fill('They lived well.');
    const srt = await exported('srt', () => page.getByLabel('Words in a subtitle').fill('4'));
    const captions = parse(srt.toString(), { format: 'srt' }).filter(({ type }) => type === 'caption');
    expect(captions.map((caption) => ('text' in caption ? caption.text.trim() : '')).at(-1)).toBe(
      'They lived well.',
    );
    expect(captions.length).toBeGreaterThan(3);
  });

  it('open in a reader of Word documents, with times', async () => {
    const docx = await exported('docx', () => page.getByLabel('Times').check());
    expect((await mammoth.extractRawText({ buffer: docx })).value).toMatch(/0:09[\s\S]*For many generations/);
  });
});

it('can be edited with the keyboard alone, which is told of on ?', async () => {
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Split the segment').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.type(' Indeed.');
  await page.keyboard.press('Alt+k');
  await editor.web.button('Pause').waitFor();
  await page.keyboard.press('Alt+k');
  await editor.web.button(/^Play$/).waitFor();
  await editor.saveNow();
  expect((await textsOf()).join(' ')).toContain('Indeed.');
});

async function expectTexts(count: number): Promise<void> {
  await editor.field(count - 1).waitFor();
  await editor.field(count).waitFor({ state: 'detached' });
}
