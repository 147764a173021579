/** Sessions of the web app in a real browser, on a service where everybody has to sign in. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_PASSWORD, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { startService } from '../support/start-service.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { inBrowser } from '../support/web/in-browser.js';
import { WebPage } from '../support/web/web-page.js';

const app = inBrowser(
  () => openTwoUsers(),
  (two) => two.close(),
);
let users: TwoUsers;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeEach(() => {
  ({ service: users, browser, web, page } = app);
});

describe('the web app', () => {
  it('asks who is there, and then leads to the page that was asked for', async () => {
    await web.goto('/app/jobs?status=queued');
    await web.heading('Sign in').waitFor();
    await web.signIn('anna', ADMIN_PASSWORD);
    await web.heading('Jobs').waitFor();
    expect(page.url()).toBe(`${users.url}/app/jobs?status=queued`);
    await page.reload();
    await web.heading('Jobs').waitFor();
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
  });

  it('says that a password is wrong, and in time that there were too many', async () => {
    await web.goto('/app/sign-in');
    await web.signIn('nobody-here', 'wrong');
    await page.getByText(/user name or the password is wrong/).waitFor();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await page.getByRole('alert').waitFor();
      const answered = page.waitForResponse(/\/auth\/login$/);
      await web.button('Sign in').click();
      await answered;
    }
    await page.getByText(/Too many attempts/).waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/Try again in \d+ (second|minute)/);
  });

  it('goes on when the access token has run out, and asks again once the session has ended', async () => {
    await web.goto('/app/sign-in');
    await web.signIn('anna', ADMIN_PASSWORD);
    await web.heading('Transcribe a recording').waitFor();
    await web.context.clearCookies({ name: 'auth_token' });
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await web.heading('Jobs').waitFor();
    await page
      .getByText(/\d+ jobs?$/)
      .first()
      .waitFor();

    await page.getByRole('link', { name: 'Search' }).click();
    await web.heading('Search').waitFor();
    await page.getByRole('option', { name: 'English', includeHidden: true }).waitFor({ state: 'attached' });
    await web.context.clearCookies();
    await page.getByLabel('Words').fill('budget');
    await page.keyboard.press('Enter');
    await web.heading('Sign in').waitFor();
    expect(decodeURIComponent(page.url())).toContain('back=/app/search?q=budget');
  });

  it('signs out', async () => {
    await web.goto('/app/sign-in');
    await web.signIn('anna', ADMIN_PASSWORD);
    await web.heading('Transcribe a recording').waitFor();
    await page
      .locator('summary', { has: page.locator('svg') })
      .first()
      .click();
    await web.button('Sign out').click();
    await web.heading('Sign in').waitFor();
    await web.goto('/app/account');
    await web.heading('Sign in').waitFor();
  });

  it('opens the administration to administrators only', async () => {
    await web.goto('/app/admin');
    await web.signIn('anna', ADMIN_PASSWORD);
    await page.getByText('This page is for administrators').waitFor();
    await web.context.clearCookies();
    await web.goto('/app/sign-in?back=%2Fapp%2Fadmin');
    await web.signIn('admin', ADMIN_PASSWORD);
    await web.heading('Administration').waitFor();
  });

  it('is led by no address to another site', async () => {
    await web.goto('/app/sign-in?back=//example.org/app');
    await web.signIn('anna', ADMIN_PASSWORD);
    await web.heading('Transcribe a recording').waitFor();
    expect(new URL(page.url()).origin).toBe(users.url);
  });
});

it('has the first administrator choose a password before anything else', async () => {
  const fresh = await startService({
    env: { ANONYMOUS_LOCAL: 'false', ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD },
  });
  const first = await WebPage.open(browser, fresh.url);
  await first.goto('/app/jobs');
  await first.signIn('admin', BOOTSTRAP_PASSWORD);
  await first.heading('Choose a password').waitFor();
  await first.page.getByLabel('New password').fill('passwordpassword');
  await first.button('Save and go on').click();
  await first.page.getByRole('alert').waitFor();
  await first.page.getByLabel('New password').fill(ADMIN_PASSWORD);
  await first.button('Save and go on').click();
  await first.heading('Jobs').waitFor();
  await first.page.getByRole('link', { name: 'Admin' }).waitFor();
  await first.context.close();
  await fresh.stop();
});
