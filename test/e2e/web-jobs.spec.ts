/** The jobs page of the web app in a real browser: live, filtered, in bulk, and with ten thousand jobs. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { ADMIN_PASSWORD, bearer } from '../support/accounts.js';
import { upload } from '../support/api-client.js';
import { spokenTranscript } from '../support/spoken-transcript.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { inBrowser } from '../support/web/in-browser.js';
import { addManyJobs } from '../support/web/many-jobs.js';
import type { WebPage } from '../support/web/web-page.js';

const MANY = 10_000;
const SPEECH = 'clips/fr/bonjour_monde.wav';

const app = inBrowser(openWithManyJobs, (two) => two.close());
let users: TwoUsers;
let web: WebPage;
let page: Page;

beforeEach(() => {
  ({ service: users, web, page } = app);
});

async function openWithManyJobs(): Promise<TwoUsers> {
  const two = await openTwoUsers();
  await addManyJobs(two, two.bob, MANY);
  return two;
}

async function openJobs(name: string, query = ''): Promise<Locator> {
  await web.goto(`/app/sign-in?back=${encodeURIComponent(`/app/jobs${query}`)}`);
  await web.signIn(name, ADMIN_PASSWORD);
  await web.heading('Jobs').waitFor();
  return page.getByRole('list', { name: 'Jobs' });
}

async function uploadAsAnna(): Promise<string> {
  const response = await upload(users.url, { file: SPEECH, headers: bearer(users.anna.token) });
  return ((await response.json()) as { job_id: string }).job_id;
}

describe('the jobs page', () => {
  it('shows a job that is ordered elsewhere, with its place in the queue, and what becomes of it', async () => {
    const list = await openJobs('anna', '?sort=-created_at');
    await list.getByRole('listitem').first().waitFor();
    const id = await uploadAsAnna();
    const row = list.getByRole('listitem').filter({ has: page.locator(`a[href$="${id}"]`) });
    await row.getByText('Waiting', { exact: true }).waitFor();
    await row.getByText(/in the queue/).waitFor();
    await fetch(`${users.url}/jobs/${id}/cancel`, { method: 'POST', headers: bearer(users.anna.token) });
    await row.getByText('Cancelled').waitFor();
    await fetch(`${users.url}/jobs/${id}`, { method: 'DELETE', headers: bearer(users.anna.token) });
    await row.waitFor({ state: 'detached' });
  });

  it('cancels, retries and deletes several at a time, and asks before it deletes', async () => {
    const ids = [await uploadAsAnna(), await uploadAsAnna()];
    const list = await openJobs('anna', '?text=bonjour');
    for (const id of ids) await list.locator(`li:has(a[href$="${id}"]) input`).check();
    await page.getByText('2 selected').waitFor();
    await web.button('Cancel').click();
    await page.getByText('2 jobs cancelled.').waitFor();
    for (const id of ids) await list.locator(`li:has(a[href$="${id}"]) input`).check();
    await web.button('Try again').click();
    await page.getByText('2 jobs put back into the queue.').waitFor();
    for (const id of ids) await list.locator(`li:has(a[href$="${id}"]) input`).check();
    await web.button('Cancel').click();
    await list.getByText('Cancelled').nth(1).waitFor();
    for (const id of ids) await list.locator(`li:has(a[href$="${id}"]) input`).check();
    await web.button('Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No job is like this').waitFor();
  });

  it('downloads the transcripts of several as one archive', async () => {
    const texts = ['Of the first talk.', 'Of the second talk.'];
    for (const [index, text] of texts.entries())
      await users.execute(
        spokenTranscript({
          id: `0190aaaa-bbbb-7ccc-8ddd-00000000020${index}`,
          owner: users.anna.id,
          name: `lecture-${index}.wav`,
          language: 'en',
          texts: [text],
          on: '2026-02-01',
        }),
      );
    const list = await openJobs('anna', '?text=lecture');
    await list.getByText('lecture-1.wav').waitFor();
    await page.getByLabel('Select all that are loaded').check();
    await page.locator('summary', { hasText: 'Download' }).click();
    const downloading = page.waitForEvent('download');
    await web.button('TXT').click();
    const files = unzipSync(new Uint8Array(await readFile(await (await downloading).path())));
    const contents = Object.entries(files).filter(([name]) => name.endsWith('.txt'));
    expect(contents.map(([, bytes]) => strFromU8(bytes).trim()).toSorted()).toEqual(texts);
    await page.getByText('2 jobs downloaded.').waitFor();
  });

  it('keeps the focus in a row that was scrolled out of sight', async () => {
    const list = await openJobs('bob', '?sort=-duration');
    const link = list.getByRole('link', { name: `Talk ${MANY}.wav` });
    await link.focus();
    await page.evaluate('window.scrollTo(0, 6000)');
    await list.getByText(`Talk ${MANY - 90}.wav`).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toContain(`Talk ${MANY}.wav`);
  });

  it('filters and sorts, and keeps both in its address', async () => {
    const list = await openJobs('bob');
    await page.getByLabel('Status').selectOption('cancelled');
    await page.getByText('1000 jobs').waitFor();
    await page.getByLabel('Search').pressSequentially('Talk 123');
    await list.getByText('Talk 1230.wav').waitFor();
    await page.getByText('1 job', { exact: true }).waitFor();
    expect(page.url()).toMatch(/text=Talk\+123&status=cancelled/);
    await page.reload();
    await list.getByText('Talk 1230.wav').waitFor();
    await page.getByLabel('Search').fill('nobody ever said this');
    await web.button('Clear the filters').click();
    await page.getByLabel('Sort').selectOption('-duration');
    await list.getByText(`Talk ${MANY}.wav`).waitFor();
    expect(page.url()).toMatch(/jobs\?sort=-duration$/);
  });

  it('scrolls through ten thousand jobs with few of them in the page', async () => {
    const list = await openJobs('bob', '?sort=-duration');
    await list.getByText(`Talk ${MANY}.wav`).waitFor();
    // Wherever the reader gets to, more is there, and never more than a few screens of it are in the page.
    const last = list.getByText('Talk 1.wav', { exact: true });
    while ((await last.count()) === 0) {
      await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
      expect(await list.getByRole('listitem').count()).toBeLessThan(60);
      await pause(10);
    }
    expect(await list.getByRole('listitem').last().getAttribute('aria-posinset')).toMatch(/^1000\d$/);
  });

  it('says that the service does not answer, and goes on when it does', async () => {
    await openJobs('anna');
    await page.route(/\/jobs\?/, async (route) => {
      await route.abort('connectionrefused');
    });
    await page.getByLabel('Status').selectOption('failed');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/does not answer/);
    await page.unrouteAll();
    await web.button('Try again').click();
    await page.getByText('No job is like this').waitFor();
  });
});
