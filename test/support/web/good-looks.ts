import { expect } from '@jest/globals';
import { keepPicture, NARROW } from './pictures.js';
import type { WebPage } from './web-page.js';

const WIDE = { width: 1100, height: 860 };

/** A page as it stands is without faults in both themes, and fits 360 pixels: it is turned dark and narrow, not opened anew. */
export async function expectGoodLooks(web: WebPage, name: string): Promise<void> {
  const { page } = web;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await keepPicture(page, `${name}-${colorScheme}`, false);
    expect(await web.violations()).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(NARROW);
  // The page is told of its new size with the next frame.
  await page.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))',
  );
  await keepPicture(page, `${name}-narrow`, false);
  expect(await web.overflowing()).toEqual([]);
  expect(await web.violations()).toEqual([]);
  await page.setViewportSize(WIDE);
}
