import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const IMAGES = path.resolve(import.meta.dirname, '../../../docs/images');

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The page as it stands can be taken as a picture of the documentation, which has one of this name; with UPDATE_SCREENSHOT=1 it is taken anew. */
export async function expectInDocs(page: Page, name: string, size: Size): Promise<void> {
  const file = path.join(IMAGES, name);
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const picture = await page.screenshot();
  if (process.env['UPDATE_SCREENSHOT'] === '1') await writeFile(file, picture);
  expect(sizeOfPng(picture)).toEqual(size);
  expect(sizeOfPng(await readFile(file))).toEqual(size);
}

/** A PNG begins with its signature and a header chunk: width and height are the first fields of that. */
function sizeOfPng(png: Buffer): Size {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
