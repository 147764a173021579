/** Who speaks, in the editor of a transcript in a real browser: named, merged, reassigned, split, heard; each act is one step. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { waitFor } from '../support/wait-for.js';
import { expectGoodLooks } from '../support/web/good-looks.js';
import { TranscriptRoom, type TranscriptPage } from '../support/web/transcript-page.js';

const SAID = [
  { speaker: 'speaker_1', start: 0, end: 2, text: 'The family of Dashwood had long been settled in Sussex.' },
  { speaker: 'speaker_2', start: 2, end: 3, text: 'Their estate was large.' },
  { speaker: 'speaker_1', start: 3, end: 6, text: 'Their residence was at Norland Park.' },
  { speaker: 'speaker_1', start: 6, end: 6.5, text: 'It was.' },
  { speaker: 'speaker_3', start: 6.5, end: 7, text: 'For many generations.' },
];
const NAMES = { speaker_1: 'Speaker 1', speaker_2: 'Speaker 2', speaker_3: 'Speaker 3' };
const AS_TOLD = SAID.map(({ speaker }) => NAMES[speaker as keyof typeof NAMES]);

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
  await room.hear(SAID.map(({ start, end, text }) => ({ start, end, text })));
  await room.change({ segments: SAID, speakers: NAMES });
  editor = await room.openPage(browser);
  page = editor.web.page;
});
afterEach(async () => {
  await editor.web.context.close();
});

const panel = () => page.getByRole('region', { name: 'Speakers' });
const dialog = () => page.getByRole('dialog');

/** Who speaks in each segment, as the page tells. */
async function namesInRows(): Promise<string[]> {
  return page.locator('.segments .name').allInnerTexts();
}

/** Waits for that, since the page shows a change a moment after it. */
async function expectNames(names: readonly string[]): Promise<void> {
  const shown = async (): Promise<boolean> => (await namesInRows()).join() === names.join();
  await waitFor(shown, { limitMs: 15_000, what: names.join() }).catch(async () => {
    expect(await namesInRows()).toEqual(names);
  });
}

async function expectTakenBack(): Promise<void> {
  await editor.web.button('Undo').click();
  await expectNames(AS_TOLD);
  expect(await editor.texts()).toEqual(SAID.map(({ text }) => text));
  expect(await editor.web.button('Undo').isDisabled()).toBe(true);
}

describe('a speaker', () => {
  it('is named once, and is called so in all segments, in what is exported, and after a reload', async () => {
    await panel().getByRole('textbox', { name: 'Name of Speaker 1' }).fill('Elinor');
    await page.keyboard.press('Enter');
    await editor.state('Speaker 1 is called Elinor now.');
    const named = AS_TOLD.map((name) => (name === 'Speaker 1' ? 'Elinor' : name));
    await expectNames(named);
    await editor.web.button('Export').click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const text = await readFile(await (await downloading).path(), 'utf8');
    expect(text.match(/^Elinor: /gm)).toHaveLength(3);
    await page.keyboard.press('Escape');
    expect((await room.read()).speakers).toEqual({ ...NAMES, speaker_1: 'Elinor' });
    await page.reload();
    await editor.web.awaitTranscript();
    await expectNames(named);
  });

  it('gets back the name before with one undo', async () => {
    await editor.web.button('Speaker 1, rename').first().click();
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Elinor');
    await editor.web.button('Set name').click();
    await editor.web.button('Elinor, rename').nth(2).waitFor();
    await expectTakenBack();
  });

  it('is not given the name of another one', async () => {
    const name = panel().getByRole('textbox', { name: 'Name of Speaker 1' });
    await name.fill('Speaker 2');
    await name.press('Enter');
    await panel().getByRole('alert').getByText('There is another Speaker 2.').waitFor();
    await name.press('Escape');
    expect(await name.inputValue()).toBe('Speaker 1');
    expect(await namesInRows()).toEqual(AS_TOLD);
  });

  it('is merged into another one, and apart again with one undo', async () => {
    await editor.web.button('Merge Speaker 3 into somebody else').click();
    await dialog().getByRole('radio', { name: 'Speaker 2' }).check();
    await dialog().getByRole('button', { name: 'Merge' }).click();
    await editor.state('Speaker 3 was merged into Speaker 2.');
    await expectNames([...AS_TOLD.slice(0, 4), 'Speaker 2']);
    expect(await editor.web.isFocused('Name of Speaker 2')).toBe(true);
    await editor.saveNow();
    const { segments, speakers } = await room.read();
    expect(segments.at(-1)?.speaker).toBe('speaker_2');
    expect(speakers).toEqual({ speaker_1: 'Speaker 1', speaker_2: 'Speaker 2' });
    await expectTakenBack();
  });

  it('is told with how long they speak, heard where they speak longest, and looked for', async () => {
    await panel().getByText('0:05 · 79 % · 3 segments').waitFor();
    const stopped = page.evaluate<[number, boolean]>(`new Promise((resolve) => {
      const audio = document.querySelector('audio');
      audio.addEventListener('pause', () => resolve([audio.currentTime, audio.ended]));
    })`);
    await editor.web.button('Hear Speaker 1').click();
    const [seconds, isEnd] = await stopped;
    expect(isEnd).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(6);
    await editor.field(0).focus();
    await editor.web.button('Next segment of Speaker 1').click();
    expect(await editor.web.isFocused('Text at 0:03')).toBe(true);
    await editor.web.button('Next segment of Speaker 2').click();
    expect(await editor.web.isFocused('Text at 0:02')).toBe(true);
  });
});

describe('a segment', () => {
  it('is given to somebody else, with all that follow of the same speaker', async () => {
    await editor.field(0).focus();
    await editor.speakerTool.click();
    await dialog().getByRole('radio', { name: 'Speaker 2' }).check();
    await dialog().getByRole('radio', { name: 'In this and all following of Speaker 1 (3)' }).check();
    await editor.web.button('Set speaker').click();
    await editor.state('Speaker 2 speaks in 3 segments.');
    await expectNames([...Array<string>(4).fill('Speaker 2'), 'Speaker 3']);
    await expectTakenBack();
  });

  it('is given to somebody new, until somebody else speaks', async () => {
    await editor.field(2).focus();
    await editor.speakerTool.click();
    await dialog().getByRole('radio', { name: 'Somebody new' }).check();
    expect(await dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Speaker 4');
    await dialog()
      .getByRole('radio', { name: 'In this and the next ones, until somebody else speaks (2)' })
      .check();
    await editor.web.button('Set speaker').click();
    await expectNames(['Speaker 1', 'Speaker 2', 'Speaker 4', 'Speaker 4', 'Speaker 3']);
    await editor.saveNow();
    expect((await room.read()).speakers).toEqual({ ...NAMES, speaker_4: 'Speaker 4' });
    await expectTakenBack();
  });

  it('is split where somebody else goes on, in one step', async () => {
    await editor.putCaret(2, 'was at');
    await editor.web.button('Split for another speaker').click();
    await dialog().getByRole('radio', { name: 'Speaker 3' }).check();
    await editor.web.button('Set speaker').click();
    await editor.state('Speaker 3 speaks from here on.');
    await expectNames([...AS_TOLD.slice(0, 3), 'Speaker 3', ...AS_TOLD.slice(3)]);
    expect((await editor.texts()).slice(2, 4)).toEqual(['Their residence', 'was at Norland Park.']);
    expect(await editor.field(3).and(page.locator(':focus')).count()).toBe(1);
    await editor.saveNow();
    const { segments } = await room.read();
    expect(segments[3]).toMatchObject({ speaker: 'speaker_3', text: 'was at Norland Park.', end: 6 });
    await expectTakenBack();
  });
});

it('all of it goes by the keyboard alone', async () => {
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+Shift+2');
  await expectNames(['Speaker 2', ...AS_TOLD.slice(1)]);
  await page.keyboard.press('Home');
  for (let word = 0; word < 4; word += 1) await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+Shift+Enter');
  await dialog().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expectNames(['Speaker 2', 'Speaker 3', ...AS_TOLD.slice(1)]);
  await page.keyboard.press('Alt+Shift+S');
  await dialog().getByRole('radio', { name: 'Speaker 3' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expectNames(['Speaker 2', 'Speaker 2', ...AS_TOLD.slice(1)]);
  await editor.web.tabTo('Name of Speaker 2', 'Shift+Tab');
  await page.keyboard.type('Elinor');
  await page.keyboard.press('Enter');
  await expectNames(['Elinor', 'Elinor', 'Elinor', ...AS_TOLD.slice(2)]);
  await editor.web.tabTo('Merge Speaker 3 into somebody else');
  await page.keyboard.press('Enter');
  await dialog().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expectNames(['Elinor', 'Elinor', 'Elinor', 'Speaker 1', 'Speaker 1', 'Elinor']);
});

describe('the editor with speakers', () => {
  it('is without faults in both themes, and fits 360 pixels', async () => {
    await editor.field(0).focus();
    await panel().getByRole('textbox', { name: 'Name of Speaker 1' }).fill('Speaker 2');
    await page.keyboard.press('Enter');
    await panel().getByRole('alert').getByText('There is another').waitFor();
    await expectGoodLooks(editor.web, 'speakers');
  });

  it.each([
    ['rename', () => editor.web.button('Speaker 1, rename').first().click()],
    ['merge', () => editor.web.button('Merge Speaker 1 into').click()],
    [
      'assign',
      async () => {
        await editor.field(0).focus();
        await page.keyboard.press('Alt+Shift+S');
        await dialog().getByRole('radio', { name: 'Somebody new' }).check();
      },
    ],
  ] as const)('so is the dialog to %s', async (name, open) => {
    await open();
    await dialog().waitFor();
    await expectGoodLooks(editor.web, `speakers-${name}`);
  });
});
