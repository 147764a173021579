import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keepNewest, nameAt } from './kept-backups.js';

const day = (date: number): string => nameAt(new Date(Date.UTC(2026, 9, date, 3, 15, 0, 250)));
const DAYS = [30, 31, 32, 33].map(day);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kept-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function fill(...names: string[]): Promise<void> {
  for (const name of names) await writeFile(path.join(folder, name), name);
}

describe('nameAt', () => {
  it('tells the second, in names that are in the order of time', () => {
    expect(DAYS[0]).toBe('whisper-transcriber-20261030T031500Z.zip');
    expect([...DAYS].reverse().sort()).toEqual(DAYS);
  });
});

describe('keepNewest', () => {
  it('deletes the oldest, and says which', async () => {
    await fill(...DAYS);

    expect(await keepNewest(folder, 2)).toEqual(DAYS.slice(0, 2));
    expect((await readdir(folder)).sort()).toEqual(DAYS.slice(2));
  });

  it('deletes nothing while there are no more than that', async () => {
    await fill(...DAYS);

    expect(await keepNewest(folder, 4)).toEqual([]);
    expect(await keepNewest(folder, 9)).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(DAYS);
  });

  it('leaves alone what it has not named', async () => {
    const others = [
      'whisper-transcriber-before-upgrade.zip',
      `${day(1)}.partial`,
      `copy-of-${day(1)}`,
      'whisper-transcriber-20261001T031500Z.zip.age',
      'notes.txt',
    ];
    await fill(...others, ...DAYS);

    expect(await keepNewest(folder, 1)).toEqual(DAYS.slice(0, 3));
    expect((await readdir(folder)).sort()).toEqual([...others, day(33)].sort());
  });
});
