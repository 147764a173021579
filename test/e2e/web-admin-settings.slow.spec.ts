/** What administrators change and look up in a real browser: settings, quotas, the default model, storage, uploads, health. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ModelList, Usage } from '@whisper-transcriber/client-sdk';
import type { Browser, Locator, Page } from 'playwright-core';
import { ADMIN_PASSWORD, bearer } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { openMiniatureHub } from '../support/miniature-model.js';
import { openBrowser } from '../support/open-browser.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { WebPage } from '../support/web/web-page.js';

jest.setTimeout(120_000);

let hub: HubMirror;
let users: TwoUsers;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeAll(async () => {
  hub = await openMiniatureHub();
  users = await openTwoUsers({ MODEL_HUB_URL: hub.url, MAX_ACTIVE_JOBS_PER_USER: '9' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await users.close();
  await hub.close();
});
beforeEach(async () => {
  web = await WebPage.open(browser, users.url);
  page = web.page;
});
afterEach(async () => {
  await web.context.close();
});

async function openPart(part: string, heading: string): Promise<void> {
  await web.goto(`/app/sign-in?back=${encodeURIComponent(`/app/admin/${part}`)}`);
  await web.signIn('admin', ADMIN_PASSWORD);
  await page.getByRole('heading', { level: 2, name: heading, exact: true }).waitFor();
}

function rowNamed(list: string, name: string): Locator {
  const exact = page.getByText(name, { exact: true });
  return page.getByRole('list', { name: list }).getByRole('listitem').filter({ has: exact });
}

async function read<T>(path: string): Promise<T> {
  return jsonOf<T>(await fetch(users.url + path, { headers: bearer(users.anna.token) }));
}

describe('the settings', () => {
  it('hold as soon as they are saved, say by whom they are set, and go back', async () => {
    await openPart('settings', 'Settings');
    const field = page.getByLabel('Jobs of a user at a time');
    const row = rowNamed('Settings', 'MAX_ACTIVE_JOBS_PER_USER');
    await row.getByText('As the environment says').waitFor();
    expect(await web.button('Save').isDisabled()).toBe(true);
    await field.fill('3');
    await field.press('Enter');
    await row.getByText('Set by admin just now; the environment says 9').waitFor();
    expect((await read<Usage>('/usage')).active_jobs_limit).toBe(3);
    await row.getByRole('button', { name: /back to the start value$/ }).click();
    await row.getByText('As the environment says').waitFor();
    expect(await field.inputValue()).toBe('9');
    expect((await read<Usage>('/usage')).active_jobs_limit).toBe(9);
  });

  it('say beside the field what is wrong with it, and keep what was typed', async () => {
    await openPart('settings', 'Settings');
    const field = page.getByLabel('Jobs of a user at a time');
    await field.fill('many');
    await page.getByLabel('Storage of a user, in MiB').fill('700');
    await web.button('Save').click();
    await page.getByText('must be a whole number from 0 to 1000000').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.id')).toBe(await field.getAttribute('id'));
    expect(await page.getByLabel('Storage of a user, in MiB').inputValue()).toBe('700');
    expect((await read<Usage>('/usage')).storage_bytes_limit).toBeNull();
  });

  it('refuse a default model that is not here, beside its field', async () => {
    await openPart('settings', 'Settings');
    await page.getByLabel('Default model').selectOption('tiny');
    await web.button('Save').click();
    await page.getByText('The model "tiny" is not on this machine. Download it first.').waitFor();
  });
});

it('makes a model the default, which uploads then take', async () => {
  await openPart('models', 'Models');
  await page.getByRole('button', { name: 'Download tiny', exact: true }).click();
  await page.getByText('tiny is ready.').waitFor({ timeout: 60_000 });
  await web.button('Make tiny the default').click();
  await rowNamed('Models', 'tiny').getByText('Default', { exact: true }).waitFor();
  expect((await read<ModelList>('/models')).default).toBe('tiny');
  await web.button('Make base the default').click();
  await rowNamed('Models', 'base').getByText('Default', { exact: true }).waitFor();
});

describe('a user', () => {
  async function manage(act: string): Promise<void> {
    const row = rowNamed('Users', 'anna');
    await row.locator('summary').click();
    await row.getByRole('button', { name: act }).click();
  }

  it('is given quotas of their own, and loses them again', async () => {
    await openPart('users', 'Users');
    await manage('Quotas');
    const dialog = page.getByRole('dialog', { name: 'Quotas of anna' });
    await dialog.getByLabel('Jobs at a time').fill('2');
    await dialog.getByLabel('Storage, in MiB').fill('0');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await rowNamed('Users', 'anna').getByText('Own quotas: 2 jobs at a time, any storage').waitFor();
    expect((await read<Usage>('/usage')).active_jobs_limit).toBe(2);
    await manage('Quotas');
    await dialog.getByLabel('Jobs at a time').fill('');
    await dialog.getByLabel('Storage, in MiB').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await rowNamed('Users', 'anna').getByText('Own quotas').waitFor({ state: 'detached' });
    expect((await read<Usage>('/usage')).active_jobs_limit).toBe(9);
  });

  it('is signed out everywhere', async () => {
    const other = await WebPage.open(browser, users.url);
    await other.goto('/app/jobs');
    await other.signIn('anna', ADMIN_PASSWORD);
    await other.heading('Jobs').waitFor();
    await openPart('users', 'Users');
    await manage('Sign out everywhere');
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('anna was signed out everywhere.').waitFor();
    await other.page.reload();
    await other.heading('Sign in').waitFor();
    await other.context.close();
  });
});

describe('what everybody keeps', () => {
  it('is shown by user and by recording, without names, and can be cleaned up', async () => {
    await openPart('storage', 'Storage');
    await rowNamed('Who takes most', 'anna').getByText('1 recording').waitFor();
    const recording = rowNamed('Recordings of all', users.anna.mediaId);
    await recording.getByText('wav').waitFor();
    expect(await page.getByText('talk.wav').count()).toBe(0);
    await web.button('Clean up now').click();
    await page.getByText('The service is cleaning up.').waitFor();
  });

  it('is shown while it is on its way, by state', async () => {
    await openPart('uploads', 'Uploads of all');
    await rowNamed('Uploads of all', users.anna.uploadId).getByText('in chunks').waitFor();
    await page.getByLabel('Status').selectOption('expired');
    await page.getByText('No upload is like this').waitFor();
    expect(page.url()).toMatch(/status=expired$/);
  });
});

it('shows the health of each part, and says when the service does not answer', async () => {
  await openPart('health', 'Health');
  await page.getByText('Every part works.').waitFor();
  await rowNamed('Parts', 'database').getByText('Works').waitFor();
  await page.route(`${users.url}/admin/health`, (route) => route.abort());
  await page.getByRole('alert').getByText('No connection').waitFor();
});
