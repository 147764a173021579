/** Uploads of the web app in a real browser: many files, pause, reload, refusals, an address, the microphone. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { OutsideServer } from '../support/outside-server.js';
import { type RunningService, startService } from '../support/start-service.js';
import { expectGoodLooks } from '../support/web/good-looks.js';
import { inBrowser } from '../support/web/in-browser.js';
import { SAMPLE, TRANSCRIPTION_LIMIT_MS, WebPage } from '../support/web/web-page.js';

const LONG = 'long-upload.wav';
const MIB = 2 ** 20;

const app = inBrowser(
  () => startService({ env: { URL_FETCH_ALLOW: '127.0.0.1' } }),
  (running) => running.stop(),
);
let service: RunningService;
let web: WebPage;
let page: Page;
let folder: string;
/** A file knows when it was changed, which tells it from others after a reload. */
let longFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'web-uploads-'));
  longFile = path.join(folder, LONG);
  await writeFile(longFile, await longRecording());
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  ({ service, web, page } = app);
  await web.goto('/');
});

/** The sample with so much silence after it that it is sent in several pieces. */
async function longRecording(): Promise<Buffer> {
  const wav = await readFile(SAMPLE);
  const silence = Buffer.alloc(3 * MIB + 100_000);
  const buffer = Buffer.concat([wav, silence]);
  buffer.writeUInt32LE(buffer.length - 8, 4);
  const data = buffer.indexOf('data');
  buffer.writeUInt32LE(buffer.length - data - 8, data + 4);
  return buffer;
}

/** Lets so many pieces through and holds the next one; `held` tells where that begins. */
async function holdAfter(
  pieces: number,
): Promise<{ held: Promise<number>; sent: number[]; release: () => Promise<void> }> {
  const sent: number[] = [];
  let tellHeld: (offset: number) => void = () => undefined;
  const held = new Promise<number>((resolve) => (tellHeld = resolve));
  const waiting: Route[] = [];
  let open = false;
  await page.route('**/uploads/tus/*', async (route) => {
    const request = route.request();
    if (request.method() === 'PATCH') {
      const offset = Number(request.headers()['upload-offset']);
      if (!open && sent.length >= pieces) {
        waiting.push(route);
        tellHeld(offset);
        return;
      }
      sent.push(offset);
    }
    await route.continue();
  });
  const release = async (): Promise<void> => {
    open = true;
    // What was paused or cancelled meanwhile is gone.
    for (const route of waiting.splice(0)) await route.continue().catch(() => undefined);
  };
  return { held, sent, release };
}

async function sendLong(): Promise<void> {
  await web.choose(longFile);
  await web.button('Transcribe').click();
}

async function chooseInItsRow(): Promise<void> {
  await page.getByLabel('File of long-upload.wav').setInputFiles(longFile);
  await page.getByRole('link', { name: 'Open' }).click();
}

describe('uploads of the web app', () => {
  it('send several files, and say of each what became of it', async () => {
    await web.drop([
      { name: 'one.wav', type: 'audio/wav', content: await readFile(SAMPLE) },
      { name: 'two.wav', type: 'audio/wav', content: await longRecording() },
      {
        name: 'notes.mp3',
        type: 'audio/mpeg',
        content: Buffer.from('These are notes and no sound.\n'.repeat(30)),
      },
    ]);
    await web.button('Transcribe 3 recordings').click();
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.getByRole('link', { name: 'Open' }).nth(1).waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    const refusal = uploads.getByRole('alert');
    await refusal.waitFor();
    expect(await refusal.innerText()).toMatch(/not an audio or video/i);
    await web.button('Cancel notes.mp3').click();
    expect(await uploads.getByRole('listitem').count()).toBe(2);
    await uploads.getByRole('link', { name: 'Open' }).first().click();
    await web.awaitTranscript();
  });

  it('do not begin with an empty file', async () => {
    await web.drop([{ name: 'nothing.wav', type: 'audio/wav', content: Buffer.alloc(0) }]);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/nothing\.wav.*empty/);
    expect(await web.button('Transcribe').isDisabled()).toBe(true);
  });

  it('show how much the server has, pause, and go on', async () => {
    const { held, sent, release } = await holdAfter(1);
    await sendLong();
    await held;
    const bar = page.getByRole('progressbar', { name: /Upload of/ });
    expect(Number(await bar.getAttribute('value'))).toBeGreaterThan(10);
    expect(Number(await bar.getAttribute('value'))).toBeLessThan(50);
    await web.button(/^Pause/).click();
    await release();
    await page.getByText('Paused').waitFor();
    await web.button(/^Resume/).click();
    await web.awaitTranscript();
    expect(sent[0]).toBe(0);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it.each([
    ['in its row', chooseInItsRow],
    ['like a new one', sendLong],
  ])(
    'go on after a reload where they stopped, once the file is chosen again %s',
    async (_where, chooseAgain) => {
      const { held } = await holdAfter(2);
      await sendLong();
      const reached = await held;
      page.on('dialog', (dialog) => void dialog.accept());
      await page.reload();
      await page.getByText('Interrupted').waitFor();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      const { sent, release } = await holdAfter(0);
      await release();
      await page.getByLabel('File of long-upload.wav').setInputFiles(SAMPLE);
      await page.getByText('That is another file').waitFor();
      await chooseAgain();
      await web.awaitTranscript();
      // It is asked where it is; nothing that the server has is sent again.
      expect(sent[0]).toBe(reached);
    },
  );

  it('can be cancelled, and then leave nothing on the server', async () => {
    const { held, release } = await holdAfter(1);
    await sendLong();
    await held;
    const cancelled = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await web.button(/^Cancel long-upload/).click();
    await release();
    expect((await cancelled).status()).toBeLessThan(300);
    expect(await page.getByRole('region', { name: 'Uploads' }).count()).toBe(0);
  });

  it('say what is wrong with an address that cannot be fetched', async () => {
    await web.button('From an address').click();
    await page.getByLabel('Address of a recording').fill('http://10.0.0.1/secret.wav');
    await web.button('Transcribe').click();
    const alert = page.getByRole('region', { name: 'Uploads' }).getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/address/i);
  });

  it('begin with all recordings of a dropped folder, and not with what systems hide in it', async () => {
    const dropped = path.join(folder, 'interviews');
    await mkdir(path.join(dropped, 'second day'), { recursive: true });
    await copyFile(SAMPLE, path.join(dropped, 'morning.wav'));
    await copyFile(SAMPLE, path.join(dropped, 'second day', 'evening.wav'));
    await writeFile(path.join(dropped, '.hidden'), 'no recording');
    const box = await page.locator('label.drop').boundingBox();
    const mouse = await web.context.newCDPSession(page);
    const data = { items: [], files: [dropped], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await mouse.send('Input.dispatchDragEvent', {
        type,
        x: (box?.x ?? 0) + 20,
        y: (box?.y ?? 0) + 20,
        data,
      });
    const chosen = page.getByRole('list', { name: 'Chosen' }).getByRole('listitem');
    await chosen.nth(1).waitFor();
    const names = await chosen.locator('.name').allInnerTexts();
    expect(names.toSorted()).toEqual(['evening.wav', 'morning.wav']);
  });

  it('begin with a file that is pasted', async () => {
    const base64 = (await readFile(SAMPLE)).toString('base64');
    await page.evaluate(`(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], 'pasted.wav', { type: 'audio/wav' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    })()`);
    await web.button('Transcribe').click();
    await web.awaitTranscript();
    await web.heading('pasted.wav').waitFor();
  });

  it('have the server fetch what lies at an address', async () => {
    const recording = await readFile(SAMPLE);
    const outside = await OutsideServer.http((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(recording);
    });
    await web.button('From an address').click();
    await page.getByLabel('Address of a recording').fill(outside.url('/lecture.wav', '127.0.0.1'));
    await web.button('Transcribe').click();
    await web.awaitTranscript();
    await web.heading('lecture.wav').waitFor();
    await outside.close();
  });

  it('carry what the recording is to be transcribed with', async () => {
    await page.getByText('More options').click();
    await page.getByLabel('Each channel by itself').check();
    await page.getByLabel('Translate into English').check();
    await page.getByLabel('Names and terms').fill('Dashwood, Zürich');
    await page.getByLabel('Language').selectOption('en');
    await web.transcribe();
    const id = page.url().split('/').at(-1) ?? '';
    const job: unknown = await (await fetch(`${service.url}/jobs/${id}`)).json();
    expect(job).toMatchObject({
      task: 'translate',
      words: true,
      channels: 'separate',
      hotwords: 'Dashwood, Zürich',
      language: 'en',
    });
  });

  it('carry that speakers are to be told apart, and how many there are', async () => {
    await page.getByLabel('Tell speakers apart').check();
    await page.getByLabel('Between').check();
    await page.getByLabel('At least').fill('5');
    await web.choose(SAMPLE);
    await web.button('Transcribe').click();
    expect(await web.isFocused('At most')).toBe(true);
    await page.getByText('Not below “At least”.').waitFor();
    await expectGoodLooks(web, 'upload-speakers');
    await page.getByLabel('At most').fill('7');
    const begun = page.waitForRequest((request) => request.url().endsWith('/uploads/tus'));
    await web.button('Transcribe').click();
    const metadata = (await (await begun).headerValue('upload-metadata')) ?? '';
    const fields = metadata.split(',').map((field) => {
      const [name = '', value = ''] = field.split(' ');
      return [name, Buffer.from(value, 'base64').toString()];
    });
    expect(Object.fromEntries(fields)).toMatchObject({
      diarize: 'true',
      min_speakers: '5',
      max_speakers: '7',
    });
  });

  it('take what the microphone hears', async () => {
    const recording = await openBrowser([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
    ]);
    const speaker = await WebPage.open(recording, service.url);
    await speaker.goto('/');
    await speaker.page.getByRole('button', { name: 'Record', exact: true }).click();
    await speaker.button(/Stop recording 0:0[1-9]/).click();
    await speaker.button('Transcribe').click();
    await speaker.awaitTranscript();
    await speaker.heading(/^Recording \d{4}-/).waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
    await recording.close();
  });
});
