import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArchiveWriter } from './archive-writer.js';
import { keepNewest, nameAt, removeLeftovers } from './kept-backups.js';
import { FORMAT, type Manifest } from './manifest.js';

const KEY = '01a22569-02d5-72a2-b06f-3215511e02b0';
const night = (date: number): Date => new Date(Date.UTC(2026, 9, date, 3, 15, 0, 250));
const nameOf = (date: number): string => nameAt(night(date));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kept-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const left = async (): Promise<string[]> => (await readdir(folder)).sort();

async function backUp(date: number, losses: Partial<Manifest> = {}): Promise<string> {
  const archive = await ArchiveWriter.create(path.join(folder, nameOf(date)), new AbortController().signal);
  await archive.finish({
    format: FORMAT,
    serviceVersion: '0.1.0',
    createdAt: night(date).toISOString(),
    migrations: [],
    tables: [],
    sequences: [],
    missingBlobs: [],
    secretKeyChecks: [],
    files: archive.files,
    ...losses,
  });
  return nameOf(date);
}

describe('nameAt', () => {
  it('tells the second, in names that are in the order of time', () => {
    expect(nameOf(30)).toBe('whisper-transcriber-20261030T031500Z.zip');
    expect([33, 32, 31].map(nameOf).sort()).toEqual([31, 32, 33].map(nameOf));
  });
});

describe('keepNewest', () => {
  it('deletes the oldest, and says which', async () => {
    const names = [await backUp(1), await backUp(2), await backUp(3), await backUp(4)];

    expect(await keepNewest(folder, nameOf(4), 2)).toEqual({ gone: names.slice(0, 2), unread: [] });
    expect(await left()).toEqual(names.slice(2));
  });

  it('deletes nothing while there are no more than that', async () => {
    const names = [await backUp(1), await backUp(2)];

    expect(await keepNewest(folder, nameOf(2), 2)).toEqual({ gone: [], unread: [] });
    expect(await keepNewest(folder, nameOf(2), 9)).toEqual({ gone: [], unread: [] });
    expect(await left()).toEqual(names);
  });

  it('keeps the one that was just made, also where a clock has been ahead', async () => {
    await backUp(90);
    await backUp(2);

    expect(await keepNewest(folder, await backUp(3), 1)).toEqual({
      gone: [nameOf(2), nameOf(90)],
      unread: [],
    });
    expect(await left()).toEqual([nameOf(3)]);
  });

  it('keeps as many that lack nothing however many lack recordings, and of these the newest', async () => {
    const sound = [await backUp(1), await backUp(2)];
    const lacking = [
      await backUp(3, { missingBlobs: [KEY] }),
      await backUp(4, { damagedBlobs: [KEY] }),
      await backUp(5, { missingBlobs: [KEY] }),
    ];

    expect(await keepNewest(folder, nameOf(5), 2)).toEqual({ gone: lacking.slice(0, 2), unread: [] });
    expect(await left()).toEqual([...sound, nameOf(5)]);
    expect((await keepNewest(folder, await backUp(6), 2)).gone).toEqual([nameOf(1)]);
    expect(await left()).toEqual([nameOf(2), nameOf(5), nameOf(6)]);
  });

  it('leaves alone what it has not named, and what is no backup or a cut one, which it tells', async () => {
    const others = ['whisper-transcriber-before-upgrade.zip', `copy-of-${nameOf(1)}`, `${nameOf(1)}.age`];
    for (const name of [...others, nameOf(1)]) await writeFile(path.join(folder, name), 'not a backup');
    await truncate(path.join(folder, await backUp(2)), 200);
    await backUp(3);

    expect(await keepNewest(folder, await backUp(4), 1)).toEqual({
      gone: [nameOf(3)],
      unread: [nameOf(1), nameOf(2)],
    });
    expect(await left()).toEqual([...others, nameOf(1), nameOf(2), nameOf(4)].sort());
  });
});

describe('removeLeftovers', () => {
  it('deletes what was begun under names of backups, and nothing else', async () => {
    await backUp(1);
    for (const name of [`${nameOf(2)}.partial`, 'mine.zip.partial'])
      await writeFile(path.join(folder, name), '');
    await removeLeftovers(folder);

    expect(await left()).toEqual(['mine.zip.partial', nameOf(1)]);
  });
});
