import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import { plainReasonOf } from './plain-reason.js';

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

  expect(plainReasonOf(error)).toBe(line);
});

it('says in one line that nothing listens where the database is to be', async () => {
  const client = new pg.Client({ connectionString: 'postgresql://user:sesame@127.0.0.1:1/name' });
  const error: unknown = await client.connect().catch((reason: unknown) => reason);

  expect(plainReasonOf(error)).toBe(
    'The database cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Check DATABASE_URL.',
  );
});

it.each([
  ['28000', 'role "nobody" does not exist'],
  ['3D000', 'database "none" does not exist'],
])('says in one line what the server refuses (%s)', (code, message) => {
  expect(plainReasonOf(Object.assign(new Error(message), { code }))).toBe(
    `The database cannot be reached: ${message}. Check DATABASE_URL.`,
  );
});

it.each([new Error('broken'), 'broken', Object.assign(new Error('bad'), { code: '42601' })])(
  'has nothing to say of %s',
  (error) => {
    expect(plainReasonOf(error)).toBeNull();
  },
);
