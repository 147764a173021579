import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** A folder, outside the repository, that pictures are written to; absent: none are. */
const PICTURES = process.env['WEB_PICTURES'];

/** The narrowest screen that every page has to fit on. */
export const NARROW = { width: 360, height: 740 };

export async function keepPicture(page: Page, name: string, fullPage = true): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage });
}
