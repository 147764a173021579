/** Voices that a person saves in the web app, in a real browser: learned from a speaker, looked for in recordings, listed, deleted. */
import { openAsBlob } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  createVoice,
  deleteVoice,
  editTranscript,
  getTranscript,
  listVoices,
  type Transcript,
} from '@whisper-transcriber/client-sdk';
import type { Locator, Page } from 'playwright-core';
import { fixturePath, transcribe } from '../support/api-client.js';
import { CONVERSATION, GUEST, READER } from '../support/known-speakers.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';
import { expectGoodLooks } from '../support/web/good-looks.js';
import { inBrowser } from '../support/web/in-browser.js';
import { expectInDocs } from '../support/web/pictures-in-docs.js';
import type { WebPage } from '../support/web/web-page.js';

const IN_GUIDE = { width: 1200, height: 860 };
/** Of the API, not the page. */
const VOICES = /^http:..[^/]+\/voices$/;
const NAMES = { speaker_1: 'Speaker 1', speaker_2: 'Speaker 2' };

const app = inBrowser(
  () => startService(),
  (running) => running.stop(),
);
let service: RunningService;
let web: WebPage;
let page: Page;
let api: ReturnType<typeof createClient>['api'];
/** Reader, guest, reader, guest. */
let heard: Transcript;

beforeAll(async () => {
  ({ service } = app);
  ({ api } = createClient({ baseUrl: service.url }));
  const { job_id } = await transcribe(service.url, { file: CONVERSATION, fields: { diarize: 'true' } });
  heard = (await getTranscript({ client: api, path: { job_id } })).data;
});
beforeEach(() => {
  ({ web, page } = app);
});
afterEach(async () => {
  for (const { id } of await voices()) await deleteVoice({ client: api, path: { id } });
  await change(heard.segments);
});

const dialog = (): Locator => page.getByRole('dialog');
const listed = (): Locator => page.getByRole('list', { name: 'Saved voices' }).getByRole('listitem');
const rowNames = (): Promise<string[]> => page.locator('.segments .name').allInnerTexts();

async function voices(): Promise<{ id: string; name: string }[]> {
  return (await listVoices({ client: api })).data.voices;
}

async function save(name: string, file = GUEST): Promise<void> {
  await createVoice({ client: api, body: { name, file: await openAsBlob(fixturePath(file)) } });
}

async function change(segments: readonly object[], speakers: Record<string, string> = NAMES): Promise<void> {
  const said = segments as Transcript['segments'];
  await editTranscript({
    client: api,
    path: { job_id: heard.job_id },
    headers: { 'If-Match': '*' },
    body: {
      segments: said.map(({ start, end, text, speaker = '' }) => ({ start, end, text, speaker })),
      speakers,
    },
  });
}

async function openTranscript(): Promise<void> {
  await web.goto(`/app/jobs/${heard.job_id}`);
  await web.awaitTranscript();
}

async function openVoices(): Promise<void> {
  await web.goto('/app/account/voices');
  await page.getByRole('heading', { name: 'Saved voices' }).waitFor();
}

async function confirmWithName(name: string): Promise<void> {
  await dialog().getByLabel('Name').fill(name);
  await dialog().getByLabel('This person agrees').check();
  await dialog().getByRole('button', { name: 'Save voice' }).click();
}

describe('the voice of a speaker', () => {
  it('is saved once its owner is said to agree, and its name is the speaker’s', async () => {
    await openTranscript();
    await web.button('Save voice of Speaker 2').click();
    expect(await dialog().getByLabel('Name').inputValue()).toBe('Speaker 2');
    await dialog().getByLabel('Name').fill('Ada');
    await dialog().getByRole('button', { name: 'Save voice' }).click();
    expect(await page.evaluate("document.querySelector('dialog input:invalid')?.type")).toBe('checkbox');
    expect(await voices()).toEqual([]);

    await confirmWithName('Ada');
    await page.getByText('The voice of Ada was saved.').waitFor();
    expect(await voices()).toMatchObject([{ name: 'Ada' }]);
    expect(await rowNames()).toEqual(['Speaker 1', 'Ada', 'Speaker 1', 'Ada']);
    await dialog().waitFor({ state: 'detached' });
    expect(await web.isFocused('Save voice of Ada')).toBe(true);
  });

  it('is not saved under a name that another voice has, which is told at the name', async () => {
    await save('Ada');
    await openTranscript();
    await web.button('Save voice of Speaker 1').click();
    await confirmWithName('ada');
    await dialog().getByText('You have a voice with this name already.').waitFor();
    await expectGoodLooks(web, 'voice-name-taken');
    await confirmWithName('Ben');
    await page.getByText('The voice of Ben was saved.').waitFor();
    expect((await voices()).map(({ name }) => name)).toEqual(['Ada', 'Ben']);
  });

  it('is learned from where they speak as it is shown, and not from too little', async () => {
    const [first = { start: 0 }] = heard.segments;
    const short = { ...first, end: first.start + 1, speaker: 'speaker_3', text: 'Unless' };
    await change([short, ...heard.segments.slice(1)], { ...NAMES, speaker_3: 'Cem' });
    await openTranscript();
    await web.button('Save voice of Cem').click();
    await confirmWithName('Cem');
    await dialog().getByRole('alert').getByText('There is too little of this voice').waitFor();
    await expectGoodLooks(web, 'voice-too-little');
    await page.keyboard.press('Escape');
    expect(await voices()).toEqual([]);

    await page
      .getByRole('textbox', { name: /^Text at/ })
      .nth(2)
      .focus();
    await page.keyboard.press('Alt+Shift+3');
    await web.button('Save voice of Cem').click();
    await confirmWithName('Cem');
    await page.getByText('The voice of Cem was saved.').waitFor();
  });

  it('is not offered once the recording is gone', async () => {
    await page.route(/\/jobs\/[\w-]{36}$/, async (route) => {
      if (route.request().resourceType() === 'document') return route.continue();
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), media_id: null } });
    });
    await openTranscript();
    await web.button('Merge Speaker 2').waitFor();
    expect(await web.button(/^Save voice/).count()).toBe(0);
  });
});

describe('recordings that are sent', () => {
  it('name nobody as long as no voice is saved', async () => {
    const asked = page.waitForResponse(VOICES);
    await web.goto('/');
    await page.getByLabel('Tell speakers apart').check();
    await asked;
    await page.getByRole('radio', { name: 'Not known' }).waitFor();
    expect(await page.getByLabel('Name the voices that I have saved').count()).toBe(0);
  });

  it('call speakers by the names of their voices where that is chosen', async () => {
    await save('Ada');
    await save('Ben', READER);
    await web.goto('/');
    await page.getByLabel('Tell speakers apart').check();
    await page.getByLabel('Name the voices that I have saved Ada and Ben').check();
    await expectGoodLooks(web, 'upload-known-voices');
    await web.transcribe(fixturePath(CONVERSATION));
    const asExpected = async (): Promise<boolean> => (await rowNames()).join() === 'Ben,Ada,Ben,Ada';
    await waitFor(asExpected, { limitMs: 60_000, what: 'the names of the voices' });
  });

  it('are sent all the same where saved voices cannot be looked up, which is told', async () => {
    await save('Ada');
    await page.route(VOICES, (route) => route.abort('connectionrefused'));
    await web.goto('/');
    await page.getByLabel('Tell speakers apart').check();
    await page.getByText('Whether you have saved voices cannot be told now.').waitFor();
    await page.unroute(VOICES);
    await web.button('Try again').click();
    await page.getByLabel('Name the voices that I have saved Ada').waitFor();
  });
});

describe('the page of saved voices', () => {
  it('says how to get one where there is none', async () => {
    await openVoices();
    await page.getByText('No saved voices').waitFor();
    await expectGoodLooks(web, 'account-voices-none');
    await page.getByRole('link', { name: 'Transcribe a recording' }).click();
    await web.heading('Transcribe a recording').waitFor();
  });

  it('lists them, renames one, and deletes one after it has said what that means', async () => {
    await save('Ada');
    await save('Ben', READER);
    await openVoices();
    expect(await listed().allInnerTexts()).toEqual([
      expect.stringMatching(/^Ada\s+Saved just now · never looked for/),
      expect.stringMatching(/^Ben/),
    ]);
    await web.button('Rename Ada').click();
    await dialog().getByLabel('Name').fill('ben');
    await web.button('Set name').click();
    await dialog().getByRole('alert').getByText('You have a voice with this name already').first().waitFor();
    await dialog().getByLabel('Name').fill('Ada Lovelace');
    await web.button('Set name').click();
    await page.getByText('The voice is called Ada Lovelace now.').waitFor();

    await web.button('Delete Ada Lovelace').click();
    await dialog().getByText('Transcripts keep the names that they have.').waitFor();
    await expectGoodLooks(web, 'account-voices-delete');
    await web.button('Keep it').click();
    expect(await listed().count()).toBe(2);
    await web.button('Delete Ada Lovelace').click();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The voice of Ada Lovelace was deleted.').waitFor();
    expect([await listed().count(), (await voices()).map(({ name }) => name)]).toEqual([1, ['Ben']]);
    await expectGoodLooks(web, 'account-voices');
  });

  it('tells what goes wrong, and takes for deleted what was deleted elsewhere', async () => {
    await save('Ada');
    await page.route(VOICES, (route) => route.fulfill({ status: 503, body: '' }));
    await openVoices();
    await page.getByRole('alert').waitFor();
    await page.unroute(VOICES);
    await web.button('Try again').click();
    await web.button('Delete Ada').click();
    for (const { id } of await voices()) await deleteVoice({ client: api, path: { id } });
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No saved voices').waitFor();
  });

  it('is used with the keyboard alone', async () => {
    await save('Ada');
    await openVoices();
    await web.tabTo('Delete Ada');
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await web.isFocused('Delete Ada')).toBe(true);
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await web.tabTo('Delete');
    await page.keyboard.press('Enter');
    await page.getByText('No saved voices').waitFor();
    expect(await web.isFocused('Saved voices')).toBe(true);
    expect(await voices()).toEqual([]);
  });
});

describe('the user guide, whose pictures UPDATE_SCREENSHOT=1 takes anew,', () => {
  it('shows a transcript with speakers, one of whom has a name', async () => {
    await change(heard.segments, { ...NAMES, speaker_2: 'Ada' });
    const waveform = page.waitForResponse(/\/peaks/);
    await openTranscript();
    await (await waveform).finished();
    await page
      .getByRole('textbox', { name: /^Text at/ })
      .first()
      .focus();
    await expectInDocs(page, 'editor.png', IN_GUIDE);
  });

  it('shows how a recording is sent whose speakers are to be named', async () => {
    await save('Ada');
    await save('Ben', READER);
    await web.goto('/');
    await web.choose(fixturePath(CONVERSATION));
    await page.getByLabel('Tell speakers apart').check();
    await page.getByLabel('Name the voices that I have saved').check();
    await expectInDocs(page, 'upload.png', IN_GUIDE);
  });
});
