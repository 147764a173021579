/** The account pages of the web app in a real browser, with webhooks that really arrive. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, Locator, Page } from 'playwright-core';
import { ADMIN_PASSWORD, bearer, signIn } from '../support/accounts.js';
import { keepCredential } from '../support/collected-logs.js';
import { HookReceiver, isSignedWith } from '../support/hook-receiver.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { inBrowser } from '../support/web/in-browser.js';
import { keepPicture, NARROW } from '../support/web/pictures.js';
import { WebPage } from '../support/web/web-page.js';

const OTHER_PASSWORD = 'staple battery horse correct';

const app = inBrowser(
  () => openTwoUsers({ WEBHOOK_ALLOW: '127.0.0.1', MAX_ACTIVE_JOBS_PER_USER: '4' }),
  (two) => two.close(),
);
let users: TwoUsers;
let receiver: HookReceiver;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeAll(async () => {
  receiver = await HookReceiver.open();
});
afterAll(async () => {
  await receiver.close();
});
beforeEach(() => {
  ({ service: users, browser, web, page } = app);
});

async function openAccount(part = '', name = 'anna'): Promise<void> {
  await web.goto(`/app/sign-in?back=${encodeURIComponent(`/app/account${part}`)}`);
  await web.signIn(name, ADMIN_PASSWORD);
  await web.heading('Account').waitFor();
}

const itemsOf = (name: string): Locator =>
  page.getByRole('list', { name, exact: true }).getByRole('listitem');

/** Of the dialog that shows it this once. */
async function readSecret(label: string): Promise<string> {
  const secret = await page.getByRole('dialog').getByLabel(label).inputValue();
  keepCredential(secret);
  await web.button('I have kept it').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return secret;
}

describe('the data of a user', () => {
  it('can be downloaded, and goes with the account when its password is given', async () => {
    await users.addUser('carla', 'c');
    await openAccount('/sign-in', 'carla');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download your data' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('personal-data.zip');
    const files = unzipSync(new Uint8Array(await readFile(await download.path())));
    expect(strFromU8(files['users.jsonl'] ?? new Uint8Array())).toContain('"carla"');

    await web.button('Delete your account').click();
    await page.getByLabel('Your password').fill('not this one');
    await web.button('Delete everything').click();
    await page.getByText('The current password is wrong').first().waitFor();
    await page.getByLabel('Your password').fill(ADMIN_PASSWORD);
    await web.button('Delete everything').click();
    await web.heading('Sign in').waitFor();
    expect((await signIn(users.url, 'carla', ADMIN_PASSWORD)).status).toBe(401);
  }, 60_000);
});

describe('the password', () => {
  it('is changed, with words for what is wrong with it, and ends the other sessions', async () => {
    await openAccount('/sign-in', 'bob');
    await itemsOf('Sessions').nth(1).waitFor();
    await page.getByLabel('Current password').fill('wrong password');
    await page.getByLabel('New password', { exact: true }).fill('abc');
    await page.getByText('3 of at least 12 characters').waitFor();
    await page.getByLabel('New password', { exact: true }).fill('passwordpassword');
    await web.button('Change the password').click();
    await page.getByText('The current password is wrong').first().waitFor();
    await page.getByLabel('Current password').fill(ADMIN_PASSWORD);
    await web.button('Change the password').click();
    await page.getByText('This password is too easy to guess').waitFor();
    keepCredential(OTHER_PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill(OTHER_PASSWORD);
    await page.getByText('Long, which is what makes it strong').waitFor();
    await web.button('Change the password').click();
    await page.getByText('The password was changed').waitFor();
    await itemsOf('Sessions').nth(1).waitFor({ state: 'detached' });
    expect((await signIn(users.url, 'bob', ADMIN_PASSWORD)).status).toBe(401);
    expect((await signIn(users.url, 'bob', OTHER_PASSWORD)).status).toBe(200);
  });
});

describe('sessions', () => {
  it('are listed with this one marked, ended one by one, and all at once', async () => {
    const other = await WebPage.open(browser, users.url);
    await other.goto('/app/sign-in?back=/app/jobs');
    await other.signIn('anna', ADMIN_PASSWORD);
    await other.heading('Jobs').waitFor();
    await openAccount('/sign-in');
    const own = itemsOf('Sessions').filter({ hasText: 'This one' });
    await own.getByText('Chrome on Linux').waitFor();
    expect(await own.getByRole('button').count()).toBe(0);
    const before = await itemsOf('Sessions').count();
    await web.button('End the session of Chrome on Linux').first().click();
    await page.getByText('The session was ended.').waitFor();
    expect(await itemsOf('Sessions').count()).toBe(before - 1);
    await web.button('Sign out everywhere').click();
    await web.heading('Sign in').waitFor();
    await other.page.reload();
    await other.heading('Sign in').waitFor();
    await other.context.close();
  });
});

describe('API keys', () => {
  it('are made with scopes and an end, shown once, and revoked', async () => {
    await openAccount('/keys');
    await page.getByLabel('Name').fill('nightly import');
    await page.getByLabel('Transcribe: send').uncheck();
    await page.getByLabel('Expires after').selectOption('30');
    expect(await page.getByLabel('Administer').count()).toBe(0);
    await web.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await web.button('Create the key').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    const secret = await readSecret('API key');
    expect(copied).toBe(secret);
    const key = itemsOf('API keys').filter({ hasText: 'nightly import' });
    expect(await key.innerText()).toMatch(/read[^]*Never used · expires/);
    expect(await page.content()).not.toContain(secret);

    const ask = (path: string, method = 'GET'): Promise<Response> =>
      fetch(users.url + path, { method, headers: bearer(secret) });
    expect([(await ask('/jobs')).status, (await ask('/media', 'POST')).status]).toEqual([200, 403]);
    await page.reload();
    await key.getByText(/Used just now/).waitFor();
    await web.button('Revoke nightly import').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key was revoked.').waitFor();
    expect(await key.count()).toBe(0);
    expect((await ask('/jobs')).status).toBe(401);
  });
});

describe('webhooks', () => {
  it('are made, tested, looked after, sent again, given another secret and deleted', async () => {
    await openAccount('/webhooks');
    await page.getByLabel('Address').fill('http://10.0.0.1/hooks');
    await web.button('Create the webhook').click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Address').fill(receiver.url('/web'));
    await page.getByLabel('Description').fill('for the wiki');
    await page.getByLabel('were cancelled').uncheck();
    await web.button('Create the webhook').click();
    const first = await readSecret('Secret');

    const hook = page.getByRole('article', { name: receiver.url('/web') });
    expect(await hook.innerText()).toMatch(/for the wiki[^]*Job done · Job failed · Text changed\n/);
    receiver.answers = [500];
    await hook.getByRole('button', { name: 'Send a test' }).click();
    const delivery = hook.getByRole('list', { name: 'Deliveries' }).getByRole('listitem').first();
    await delivery.getByText('1 attempt · answered 500').waitFor();
    await delivery.getByText('On its way').waitFor();
    await delivery.getByRole('button', { name: 'Send again' }).click();
    await delivery.getByText('Delivered').waitFor();
    await delivery.getByText('answered 204').waitFor();
    expect(receiver.received.map((received) => isSignedWith(received, first))).toEqual([true, true]);

    await hook.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('button', { name: 'Make a new one' }).click();
    const second = await readSecret('Secret');
    await hook.getByRole('button', { name: 'Send a test' }).click();
    await hook.getByRole('list', { name: 'Deliveries' }).getByRole('listitem').nth(1).waitFor();
    await delivery.getByText('Delivered').waitFor();
    const last = receiver.received[2];
    expect([last && isSignedWith(last, second), last && isSignedWith(last, first)]).toEqual([true, true]);

    await hook.getByRole('button', { name: 'Turn off' }).click();
    await hook.getByRole('button', { name: 'Turn on' }).waitFor();
    expect(await hook.getByRole('button', { name: 'Send a test' }).isDisabled()).toBe(true);
    await keepPicture(page, 'webhooks-used');
    await hook.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The webhook was deleted.').waitFor();
    expect(await hook.count()).toBe(0);
  });
});

describe('the general page', () => {
  it('shows what is used of what there may be', async () => {
    await openAccount();
    await page.getByText('0 of 4', { exact: true }).waitFor();
    await page.getByRole('progressbar', { name: 'Jobs that wait or run' }).waitFor();
  });

  it('keeps how long recordings are kept', async () => {
    await openAccount();
    await page.getByLabel('Keep them').selectOption('days');
    await page.getByLabel('Days').fill('7');
    await web.button('Save').click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await page.getByLabel('Days').waitFor();
    expect(await page.getByLabel('Days').inputValue()).toBe('7');
  });

  it('keeps the theme in this browser', async () => {
    await openAccount();
    await page.getByLabel('Theme').selectOption('dark');
    await page.reload();
    await web.heading('Account').waitFor();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
  });
});

it('makes and revokes a key by the keyboard alone', async () => {
  await openAccount();
  await web.tabTo('API keys');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New API key' }).waitFor();
  await web.tabTo('Name');
  await page.keyboard.type('by hand');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await web.tabTo('I have kept it');
  await page.keyboard.press('Enter');
  await web.tabTo('Revoke by hand');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await web.isFocused('Revoke by hand')).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await web.tabTo('Revoke');
  await page.keyboard.press('Enter');
  await page.getByText('The key was revoked.').waitFor();
});

describe.each([
  ['account-sign-in', '/sign-in', 'This one'],
  ['account-keys', '/keys', 'for tests'],
  ['account-webhooks', '/webhooks', 'https://hooks.example/'],
])('the page %s', (name, part, shown) => {
  it.each(['light', 'dark'] as const)('has no faults that axe can find, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openAccount(part);
    await page.getByText(shown).first().waitFor();
    await keepPicture(page, `${name}-${colorScheme}`);
    expect(await web.violations()).toEqual([]);
  });

  it('fits a screen of 360 pixels', async () => {
    await page.setViewportSize(NARROW);
    await openAccount(part);
    await page.getByText(shown).first().waitFor();
    await keepPicture(page, `${name}-narrow`);
    expect(await web.overflowing()).toEqual([]);
  });
});
