/**
 * Every page of the web app as it looks and as it is heard: in light, in dark, on a narrow screen. WEB_PICTURES names a folder, outside the
 * repository, that pictures are written to.
 */
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startService } from '../support/start-service.js';
import { inBrowser } from '../support/web/in-browser.js';
import { keepPicture, NARROW } from '../support/web/pictures.js';
import { WebPage } from '../support/web/web-page.js';

/** What the scripts of a first visit may come to, packed. */
const FIRST_LOAD_BYTES = 200 * 1024;

const app = inBrowser(
  () => startService(),
  (service) => service.stop(),
);
let web: WebPage;
let jobPage: string;

beforeAll(async () => {
  const first = await WebPage.open(app.browser, app.service.url);
  await first.goto('/');
  await first.transcribe();
  jobPage = new URL(first.page.url()).pathname;
  await first.context.close();
});
beforeEach(() => {
  ({ web } = app);
});

const PAGES: readonly (readonly [string, () => string])[] = [
  ['start', () => '/'],
  ['jobs', () => '/app/jobs'],
  ['no-jobs', () => '/app/jobs?text=nothing-is-called-like-this'],
  ['job', () => jobPage],
  ['no-job', () => '/app/jobs/01890000-0000-7000-8000-000000000000'],
  ['search', () => '/app/search'],
  ['account', () => '/app/account'],
  ['admin', () => '/app/admin'],
  ['admin-users', () => '/app/admin/users'],
  ['admin-models', () => '/app/admin/models'],
  ['admin-workers', () => '/app/admin/workers'],
  ['admin-jobs', () => '/app/admin/jobs'],
  ['admin-storage', () => '/app/admin/storage'],
  ['admin-uploads', () => '/app/admin/uploads'],
  ['admin-settings', () => '/app/admin/settings'],
  ['admin-health', () => '/app/admin/health'],
  ['admin-audit', () => '/app/admin/audit'],
  ['admin-nothing-there', () => '/app/admin/nothing-there'],
  ['sign-in', () => '/app/sign-in'],
  ['not-found', () => '/app/no/such/page'],
];

async function settled(address: string): Promise<void> {
  await web.goto(address);
  await web.page.waitForLoadState('load');
  await web.page.getByRole('progressbar', { name: 'Loading' }).waitFor({ state: 'hidden' });
  await web.page.getByText('Loading').first().waitFor({ state: 'hidden' });
}

describe.each(PAGES)('the page %s', (name, address) => {
  it.each(['light', 'dark'] as const)('has no faults that axe can find, in %s', async (colorScheme) => {
    await web.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settled(address());
    await keepPicture(web.page, `${name}-${colorScheme}`);
    expect(await web.violations()).toEqual([]);
  });

  it('fits a screen of 360 pixels', async () => {
    await web.page.setViewportSize(NARROW);
    await settled(address());
    await keepPicture(web.page, `${name}-narrow`);
    expect(await web.overflowing()).toEqual([]);
  });
});

it('fetches little script to begin with, and that of a page when it is gone to', async () => {
  const scripts = new Map<string, Promise<Buffer>>();
  web.page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body());
  });
  await settled('/');
  const packed = (await Promise.all(scripts.values())).map((script) => gzipSync(script).length);
  expect(packed.reduce((sum, bytes) => sum + bytes)).toBeLessThan(FIRST_LOAD_BYTES);
  const first = scripts.size;
  await web.page.getByRole('link', { name: 'Search' }).click();
  await web.heading('Search').waitFor();
  expect(scripts.size).toBeGreaterThan(first);
});
