import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { fileRefusalOf } from './file-refusal.js';

const FILE = import.meta.filename;
const below = path.join(FILE, 'folder');

it.each<[string, () => Promise<unknown>, string]>([
  [
    'a file where a folder is to be',
    () => mkdir(FILE, { recursive: true }),
    `${FILE}: file already exists (EEXIST).`,
  ],
  ['a file on the way', () => mkdir(below), `${below}: not a directory (ENOTDIR).`],
  ['nothing', () => readFile(`${FILE}.none`), `${FILE}.none: no such file or directory (ENOENT).`],
])('says in one line that there is %s', async (_what, act, line) => {
  const error: unknown = await act().catch((reason: unknown) => reason);

  expect(fileRefusalOf(error)).toBe(line);
});

it.each([
  new Error('broken'),
  'broken',
  Object.assign(new Error('reset'), { errno: -104, code: 'ECONNRESET' }),
])('has nothing to say of %s', (error) => {
  expect(fileRefusalOf(error)).toBeNull();
});
