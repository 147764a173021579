/** The search page of the web app in a real browser. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { ADMIN_PASSWORD } from '../support/accounts.js';
import { spokenTranscript } from '../support/spoken-transcript.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { inBrowser } from '../support/web/in-browser.js';
import { keepPicture, NARROW } from '../support/web/pictures.js';
import type { WebPage } from '../support/web/web-page.js';

const MANY = 25;
const SOUP = 'A recipe for soup.';

let users: TwoUsers;
const app = inBrowser(openWithTranscripts, (two) => two.close());
let web: WebPage;
let page: Page;

beforeEach(() => {
  ({ web, page } = app);
});

async function openWithTranscripts(): Promise<TwoUsers> {
  users = await openTwoUsers();
  await add(1, 'en', ['The estates were divided.', 'Much leisure to consider <b>it</b>.'], '2026-02-01');
  await add(2, 'en', ['An estate.', 'Estates and estate again.', 'Of leisure.'], '2026-03-01');
  await add(3, 'de', ['Die Häuser am Fluss.', 'Ein Haus, ein estate.'], '2026-04-01');
  for (let number = 10; number < 10 + MANY; number += 1) await add(number, 'en', [SOUP], '2026-05-01');
  return users;
}

const idOf = (number: number): string =>
  `0190aaaa-bbbb-7ccc-8ddd-0000000001${number.toString().padStart(2, '0')}`;

function add(number: number, language: string, texts: readonly string[], on: string): Promise<void> {
  const name = `talk-${number}.wav`;
  return users.execute(
    spokenTranscript({ id: idOf(number), owner: users.anna.id, name, language, texts, on }),
  );
}

async function openSearch(query = ''): Promise<Locator> {
  await web.goto(`/app/sign-in?back=${encodeURIComponent(`/app/search${query}`)}`);
  await web.signIn('anna', ADMIN_PASSWORD);
  await web.heading('Search').waitFor();
  return page.getByRole('list', { name: 'Results' });
}

async function fieldIsFocused(): Promise<void> {
  await page.waitForFunction(`document.activeElement.id === 'search-words'`);
}

const said = (): Locator => page.getByRole('status').filter({ hasText: /ound|best/ });

describe('the search page', () => {
  it('finds words in any of their forms as they are typed, the best first, marked and at their times', async () => {
    const results = await openSearch();
    await page.getByText('Find what was said').waitFor();
    await fieldIsFocused();
    await page.keyboard.type('estate -Haus');
    await page.getByText('Found in 2 recordings').waitFor();
    expect(page.url()).toMatch(/search\?q=estate\+-Haus$/);
    expect(await results.getByRole('heading').allInnerTexts()).toEqual(['talk-2.wav', 'talk-1.wav']);
    expect(await results.locator('mark').allInnerTexts()).toEqual(['estate', 'Estates', 'estate', 'estates']);
    const second = results.getByRole('link', { name: /Estates and estate again/ });
    expect(await second.getAttribute('href')).toBe(`/app/jobs/${idOf(2)}#t=10`);
  });

  it('shows what was said as text, whatever it looks like', async () => {
    const results = await openSearch('?q=leisure');
    await results.getByText('Much leisure to consider <b>it</b>.').waitFor();
    expect(await results.locator('b').count()).toBe(0);
  });

  it('finds phrases, narrowed by language, model and date', async () => {
    const results = await openSearch('?q=estate');
    await page.getByText('Found in 3 recordings').waitFor();
    await page.getByLabel('Words').fill('"leisure to consider"');
    await page.getByText('Found in 1 recording', { exact: true }).waitFor();
    await page.getByText('Filters').click();
    // At once: what was typed last counts, too.
    await page.getByLabel('Words').fill('estate');
    await page.getByLabel('Language').selectOption('de');
    await results.getByText('talk-3.wav').waitFor();
    await page.getByText('Found in 1 recording', { exact: true }).waitFor();
    await page.getByLabel('Language').selectOption('');
    await page.getByLabel('From').fill('2026-02-15');
    await page.getByLabel('To').fill('2026-03-15');
    await results.getByText('talk-2.wav').waitFor();
    await page.getByText('Found in 1 recording', { exact: true }).waitFor();
    await page.getByLabel('Model').selectOption('tiny');
    await page.getByText('Nobody said that').waitFor();
    await web.button('Clear the filters').click();
    await page.getByText('Found in 3 recordings').waitFor();
    expect(page.url()).toMatch(/search\?q=estate$/);
  });

  it('keeps its results for whoever comes back, and goes on where they were', async () => {
    const results = await openSearch('?q=soup');
    await page.getByText('The best 20 recordings').waitFor();
    await web.button('Show more').click();
    await page.getByText(`Found in ${MANY} recordings`).waitFor();
    const last = results.getByRole('link', { name: /recipe/ }).last();
    const href = await last.getAttribute('href');
    await last.click();
    await web.heading(/^talk-/).waitFor();
    expect(page.url()).toBe(users.url + String(href));
    let searches = 0;
    page.on('request', (request) => {
      if (request.url().includes('/search?') && request.resourceType() === 'fetch') searches += 1;
    });
    await page.goBack();
    await page.getByText(`Found in ${MANY} recordings`).waitFor();
    expect(await results.getByRole('article').count()).toBe(MANY);
    await page.waitForFunction(`document.activeElement.getAttribute('href') === '${String(href)}'`);
    expect(searches).toBe(0);
  });

  it('gives up an answer that nobody waits for any more', async () => {
    const results = await openSearch();
    await page.route(/\/search\?q=soup/, () => undefined);
    const asked = page.waitForRequest(/\/search\?q=soup/);
    await page.getByLabel('Words').fill('soup');
    await asked;
    const given = page.waitForEvent('requestfailed');
    await page.getByLabel('Words').fill('divided');
    expect((await given).url()).toContain('q=soup');
    await results.getByText('talk-1.wav').waitFor();
    await page.getByText('Found in 1 recording', { exact: true }).waitFor();
  });

  it('says that nothing was found, and that the service does not answer', async () => {
    await openSearch('?q=nobody-ever-said-this');
    await page.getByText('Nobody said that').waitFor();
    await page.route(/\/search\?q=soup/, (route) => route.abort('connectionrefused'));
    await page.getByLabel('Words').fill('soup');
    await page.getByText('No connection').waitFor();
    await page.unrouteAll();
    await web.button('Try again').click();
    await said().waitFor();
  });

  it('is reached and used by the keyboard alone', async () => {
    await openSearch();
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await web.heading('Jobs').waitFor();
    await page.keyboard.press('/');
    await web.heading('Search').waitFor();
    await fieldIsFocused();
    await page.keyboard.type('estate -and/or');
    await page.getByText('Found in 3 recordings').waitFor();
    expect(await page.getByLabel('Words').inputValue()).toBe('estate -and/or');
    // The filters, the first recording, its first place.
    for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('/');
    await fieldIsFocused();
    for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await web.heading(/^talk-/).waitFor();
    expect(page.url()).toMatch(/#t=\d+$/);
  });

  it.each(['light', 'dark'] as const)(
    'has no faults that axe can find in its results, in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await openSearch('?q=estate&language=en');
      await said().waitFor();
      await keepPicture(page, `results-${colorScheme}`);
      expect(await web.violations()).toEqual([]);
    },
  );

  it('fits its results on a screen of 360 pixels', async () => {
    await page.setViewportSize(NARROW);
    await openSearch('?q=estate&language=en');
    await said().waitFor();
    await keepPicture(page, 'results-narrow');
    expect(await web.overflowing()).toEqual([]);
  });
});
