/** The administration in a real browser, on a service where everybody has to sign in. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { ADMIN_PASSWORD, bearer } from '../support/accounts.js';
import { keepCredential } from '../support/collected-logs.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { DECODER, LARGE_FILE, openMiniatureHub } from '../support/miniature-model.js';
import { openBrowser } from '../support/open-browser.js';
import { startService, type RunningService } from '../support/start-service.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { WebPage } from '../support/web/web-page.js';

const PARTS = [
  '',
  '/users',
  '/models',
  '/workers',
  '/jobs',
  '/storage',
  '/uploads',
  '/settings',
  '/health',
  '/audit',
];
const FIRST_PASSWORD = 'four words and a horse';
/** 16 KiB each: slow enough to be seen on the way. */
const SLOW = { at: LARGE_FILE, times: 100, pauseMs: 200 };

jest.setTimeout(120_000);

let hub: HubMirror;
let users: TwoUsers;
let worker: RunningService;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeAll(async () => {
  hub = await openMiniatureHub();
  users = await openTwoUsers({ MODEL_HUB_URL: hub.url });
  worker = await startService({
    program: 'worker',
    dataDir: users.dataDir,
    env: { DATABASE_URL: users.databaseUrl, QUEUE_DRIVER: 'embedded' },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await users.close();
  await hub.close();
});
beforeEach(async () => {
  hub.break();
  web = await WebPage.open(browser, users.url);
  page = web.page;
});
afterEach(async () => {
  await web.context.close();
});

async function openAs(name: string, address: string, at = web): Promise<void> {
  await at.goto(`/app/sign-in?back=${encodeURIComponent(address)}`);
  await at.signIn(name, ADMIN_PASSWORD);
}

async function openPart(part: string, heading: string): Promise<void> {
  await openAs('admin', `/app/admin${part}`);
  await page.getByRole('heading', { level: 2, name: heading }).waitFor();
}

function rowOf(list: string, text: string): Locator {
  return page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text });
}

/** Its name is no part of others, as "tiny" is one of "tiny.en". */
function rowNamed(list: string, name: string): Locator {
  const exact = page.getByText(name, { exact: true });
  return page.getByRole('list', { name: list }).getByRole('listitem').filter({ has: exact });
}

async function manage(username: string, act: string): Promise<void> {
  const row = rowNamed('Users', username);
  await row.locator('summary').click();
  await row.getByRole('button', { name: act }).click();
}

describe('the administration', () => {
  it('is shown to administrators only, page by page', async () => {
    await openAs('anna', '/');
    await web.heading('Transcribe a recording').waitFor();
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    for (const part of PARTS) {
      await page.goto(`${users.url}/app/admin${part}`);
      await page.getByText('This page is for administrators').waitFor();
    }
    expect(asked.filter((path) => path.startsWith('/admin/'))).toEqual([]);
  });

  it('adds a user who chooses a password, and ends their session when they are disabled', async () => {
    await openPart('/users', 'Users');
    await web.button('Add a user').click();
    await page.getByLabel('User name').fill('carla');
    await web.button('Create').click();
    const shown = page.getByRole('dialog', { name: 'Password of carla' });
    const password = await shown.locator('code').innerText();
    keepCredential(password);
    await shown.getByRole('button', { name: 'Done' }).click();
    await rowNamed('Users', 'carla').getByText('Has to choose a password').waitFor();

    const other = await WebPage.open(browser, users.url);
    await other.goto('/app/jobs');
    await other.signIn('carla', password);
    await other.heading('Choose a password').waitFor();
    await other.page.getByLabel('New password').fill(FIRST_PASSWORD);
    await other.button('Save and go on').click();
    await other.heading('Jobs').waitFor();

    await manage('carla', 'Disable');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await rowNamed('Users', 'carla').getByText('Disabled').waitFor();
    await other.page.reload();
    await other.heading('Sign in').waitFor();
    await other.context.close();

    await page.getByRole('link', { name: 'Audit trail' }).click();
    await page.getByLabel('What').selectOption('user.disabled');
    await rowOf('Audit trail', 'User: disabled by admin').waitFor();
  });

  it('changes roles, resets passwords, and deletes only whose name was typed', async () => {
    const { name } = await users.addUser('dora', 'd');
    await openPart('/users', 'Users');
    await page.getByLabel('Search').fill('DOR');
    await manage(name, 'Make administrator');
    await rowNamed('Users', name).getByText('Administrator', { exact: true }).waitFor();
    await manage(name, 'Make plain user');
    await rowNamed('Users', name).getByText('Administrator', { exact: true }).waitFor({ state: 'detached' });
    await manage(name, 'Reset password');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
    const shown = page.getByRole('dialog', { name: `Password of ${name}` });
    keepCredential(await shown.locator('code').innerText());
    await shown.getByRole('button', { name: 'Done' }).click();
    await manage(name, 'Delete');
    const dialog = page.getByRole('dialog');
    const erase = dialog.getByRole('button', { name: 'Delete' });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel('Type dora to confirm').fill('dor');
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel('Type dora to confirm').fill('dora');
    await erase.click();
    await page.getByText('Nobody is called like this').waitFor();
  });

  it('says why the last administrator has to stay', async () => {
    await openPart('/users', 'Users');
    await manage('admin', 'Disable');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText(/cannot|last administrator|yourself/).waitFor();
    expect(await rowNamed('Users', 'admin').getByText('Disabled').count()).toBe(0);
  });

  it('downloads a model from the hub, shows how far it is, and removes it', async () => {
    hub.break(SLOW);
    await openPart('/models', 'Models');
    const row = rowNamed('Models', 'tiny');
    await row.getByRole('button', { name: 'Download tiny' }).click();
    await row.getByRole('progressbar', { name: 'Download of tiny' }).waitFor();
    await row.getByText(/\d.* of \d+ kB$/).waitFor();
    hub.break();
    await page.getByText('tiny is ready.').waitFor({ timeout: 60_000 });
    await row.getByRole('button', { name: 'Remove tiny' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await row.getByRole('button', { name: 'Download tiny' }).waitFor();
  });

  it('says in words why a model could not be downloaded, and tries again', async () => {
    hub.break({ at: DECODER, corrupt: true });
    await openPart('/models', 'Models');
    await web.button('Download tiny.en').click();
    const row = rowNamed('Models', 'tiny.en');
    await row.getByText('Failed').waitFor({ timeout: 60_000 });
    expect(await row.locator('p.bad').innerText()).toMatch(
      /^onnx\/decoder_model_merged_quantized\.onnx is not /,
    );
    hub.break();
    await row.getByRole('button', { name: 'Download tiny.en' }).click();
    await row.getByText('Ready').waitFor({ timeout: 60_000 });
  });

  it('pauses, drains and resumes a worker', async () => {
    await openPart('/workers', 'Workers');
    const row = page.getByRole('list', { name: 'Workers' }).getByRole('listitem');
    await row.getByText('Active').waitFor();
    await row.getByRole('button', { name: /^Pause/ }).click();
    await row.getByText('Paused').waitFor();
    await row.getByRole('button', { name: /^Drain/ }).click();
    await row.getByText('Drained').waitFor();
    await row.getByRole('button', { name: /^Resume/ }).click();
    await row.getByText('Active').waitFor();
  });

  it('finds the failed jobs of a user with their reasons, and has one tried again', async () => {
    await users.execute(`update jobs set status = 'failed', error_code = 'corrupt_media', error_detail = 'The file is damaged.'
      where id = '${users.anna.jobId}'`);
    await openPart('', 'Reasons of failures');
    await page.getByRole('link', { name: 'corrupt_media' }).click();
    await page.getByRole('heading', { level: 2, name: 'Jobs of all' }).waitFor();
    await page.getByLabel('Owner').selectOption('anna');
    const row = rowOf('Jobs of all', users.anna.jobId);
    await row.getByText('The file is damaged.').waitFor();
    expect(await row.getByText('talk.wav').count()).toBe(0);
    await page.reload();
    await row.getByRole('button', { name: /^Try/ }).click();
    await page.getByText('The job is back in the queue.').waitFor();
    await page.getByLabel('Reason').fill('');
    await page.getByLabel('Reason').press('Tab');
    await row.waitFor();
  });

  it('filters the audit trail, pages through it, and exports what it shows', async () => {
    await users.execute(`insert into audit_events (id, occurred_at, action, outcome, actor_kind, object_kind, details)
      select gen_random_uuid(), '2026-01-01T00:00:00Z', 'model.removed', 'success', 'system', 'model', '{}' from generate_series(1, 60)`);
    await openPart('/audit?what=model.removed&to=2026-02-01', 'Audit trail');
    const rows = page.getByRole('list', { name: 'Audit trail' }).getByRole('listitem');
    await rows.nth(49).waitFor();
    expect(await rows.count()).toBe(50);
    await web.button('Show more').click();
    await rows.nth(59).waitFor();
    expect(await rows.count()).toBe(60);
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    const csv = await readFile(await (await downloading).path(), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength(61);
    await page.getByLabel('Outcome').selectOption('failure');
    await page.getByText('Nothing like this has happened').waitFor();
  });

  it('shows what happened as charts and as tables, for the range that is chosen', async () => {
    await openPart('', 'System health');
    // That nobody was signed in.
    const before = web.complaints.length;
    await page.getByText('database: works').waitFor();
    const chart = page.getByRole('figure', { name: 'Jobs' });
    await chart.getByRole('img', { name: /\d+ done, \d+ failed/ }).waitFor();
    await chart.locator('summary').click();
    await chart.getByRole('row').nth(48).waitFor();
    expect(await chart.getByRole('row').count()).toBe(49);
    await page.getByLabel('Range').selectOption('1h');
    await chart.getByRole('row').nth(60).waitFor();
    expect(page.url()).toMatch(/range=1h$/);
    expect(web.complaints.slice(before)).toEqual([]);
  });

  it('can be used with the keyboard alone', async () => {
    await openPart('/users', 'Users');
    await web.button('Add a user').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Add a user' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Add a user');
    // The search, then the first of the menus.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const entry = 'document.activeElement.closest("details")?.open';
    expect(await page.evaluate(entry)).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
  });
});

it('lets nobody but administrators ask what its pages ask', async () => {
  for (const path of [
    'overview',
    'users',
    'models',
    'workers',
    'queue',
    'jobs',
    'storage',
    'uploads',
    'media',
    'settings',
    'health',
    'audit',
    'audit/export',
  ]) {
    const answer = await fetch(`${users.url}/admin/${path}`, { headers: bearer(users.anna.token) });
    expect([path, answer.status]).toEqual([path, 403]);
  }
});
