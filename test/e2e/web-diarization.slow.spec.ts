/** What comes of telling speakers apart, in a real browser with real recordings: two who speak at once, and a diarizer that crashes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fixturePath } from '../support/api-client.js';
import { killDiarizers } from '../support/engine-process.js';
import { CONVERSATION } from '../support/known-speakers.js';
import { startService } from '../support/start-service.js';
import { expectGoodLooks } from '../support/web/good-looks.js';
import { inBrowser } from '../support/web/in-browser.js';
import type { WebPage } from '../support/web/web-page.js';

const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;
/** Of the conversation: the first turn of the guest, and where in that of the reader it is heard as well. */
const GUEST_TURN = { start: 6.3, end: 9.2 };
const HEARD_AT = 2.4;

const app = inBrowser(
  () => startService(),
  (running) => running.stop(),
);
let web: WebPage;
let page: Page;

beforeEach(async () => {
  ({ web, page } = app);
  await web.goto('/');
  await page.getByLabel('Tell speakers apart').check();
});

/** The conversation, in which the guest falls into the first sentence of the reader. */
async function interruptedConversation(): Promise<Buffer> {
  const wav = await readFile(fixturePath(CONVERSATION));
  const samples = wav.indexOf('data') + 8;
  const place = (seconds: number): number => samples + Math.round(seconds * SAMPLE_RATE) * BYTES_PER_SAMPLE;
  const length = place(GUEST_TURN.end) - place(GUEST_TURN.start);
  for (let offset = 0; offset < length; offset += BYTES_PER_SAMPLE) {
    const at = place(HEARD_AT) + offset;
    const sum = wav.readInt16LE(at) + wav.readInt16LE(place(GUEST_TURN.start) + offset);
    wav.writeInt16LE(Math.max(-32_768, Math.min(32_767, sum)), at);
  }
  return wav;
}

it('where two speak at once an icon and words say so', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'interrupted-'));
  const file = path.join(folder, 'interrupted.wav');
  await writeFile(file, await interruptedConversation());
  await web.transcribe(file);
  await rm(folder, { recursive: true });

  await page.locator('.overlap svg').first().waitFor();
  const marked = page
    .locator('.segments li')
    .filter({ has: page.locator('.overlap') })
    .first();
  const notes = (await marked.getByRole('textbox').getAttribute('aria-describedby'))?.split(' ') ?? [];
  expect(await page.locator(`[id="${notes.at(-1) ?? ''}"]`).textContent()).toBe(
    'Somebody else speaks at the same time',
  );
  expect(await page.locator('.overlap').count()).toBeLessThan(await page.locator('.segments li').count());
  await expectGoodLooks(web, 'diarization-overlap');
});

it('where speakers could not be told apart there is all of the text, and the page says why', async () => {
  await Promise.all([web.transcribe(fixturePath(CONVERSATION)), killDiarizers(app.service, 2)]);
  await page
    .getByRole('status')
    .getByText(
      'The text is complete, but does not say who speaks. The speakers could not be told apart. The diarizer crashed',
    )
    .waitFor();
  expect(await web.text()).toMatch(/unless[^]*quick brown fox/i);
  expect(await page.locator('.segments .name').count()).toBe(0);
  await expectGoodLooks(web, 'diarization-failed');
});
