import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DirectMemory } from '../../src/modules/uploads/blobs/adapters/staging/direct-memory.js';
import { DirectWriter } from '../../src/modules/uploads/blobs/adapters/staging/direct-writer.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { inPieces, openFilesystem, type OpenedStore } from '../support/blob-stores.js';

const ids = new UuidV7Generator();
const MIB = 2 ** 20;
let opened: OpenedStore;

beforeAll(async () => {
  opened = await openFilesystem();
});

afterAll(async () => {
  await opened.close();
});

it('more of them than there is memory for are put at the same moment, and all come back as they were', async () => {
  const bytes = randomBytes(12 * MIB + 5);
  const keys = await Promise.all(
    Array.from({ length: 7 }, async () => {
      const key = ids.next();
      await opened.store.put(key, Readable.from(inPieces(bytes)));
      return key;
    }),
  );

  for (const key of keys) expect((await buffer(await opened.store.read(key))).equals(bytes)).toBe(true);
});

it('nothing gets into them of others that are given up in the middle, whose memory they get', async () => {
  const bytes = randomBytes(24 * MIB);
  const putWhole = async (): Promise<string> => {
    const key = ids.next();
    await opened.store.put(key, Readable.from(inPieces(bytes)));
    return key;
  };
  const giveUp = async (afterPieces: number): Promise<void> => {
    const source = Readable.from(inPieces(Buffer.alloc(24 * MIB, 1)));
    const pieces = new PassThrough();
    const stored = opened.store.put(ids.next(), pieces);
    let piece = 0;
    for await (const chunk of source) {
      if (piece++ === afterPieces) break;
      if (!pieces.write(chunk)) await once(pieces, 'drain');
    }
    pieces.destroy(new Error('the client is gone'));
    await expect(stored).rejects.toThrow('the client is gone');
  };
  const keys: string[] = [];
  const put = async (): Promise<void> => {
    for (let round = 0; round < 4; round += 1) keys.push(await putWhole());
  };
  const abandon = async (first: number): Promise<void> => {
    for (let pieces = first; pieces < 30; pieces += 3) await giveUp(pieces);
  };
  await Promise.all([put(), put(), put(), abandon(12), abandon(13), abandon(14)]);

  expect(keys).toHaveLength(12);
  for (const key of keys) expect((await buffer(await opened.store.read(key))).equals(bytes)).toBe(true);
}, 60_000);

describe('past the page cache', () => {
  let path: string;
  let file: FileHandle;
  let memory: DirectMemory;

  beforeEach(async () => {
    path = join(opened.dataDir, ids.next());
    file = await open(path, 'wx');
    memory = new DirectMemory();
  });

  afterEach(async () => {
    await file.close();
  });

  async function openWriter(position = 0): Promise<DirectWriter> {
    const writer = await DirectWriter.open(file, path, position, memory);
    if (writer === null) throw new Error('The disk of the tests has no direct writes');
    return writer;
  }

  it('goes all that fills a block, and what went before and what is left are in the file too', async () => {
    const head = randomBytes(4096);
    const bytes = randomBytes(20 * MIB + 7);
    await file.write(head);
    const writer = await openWriter(head.length);
    const told = [await writer.append(inPieces(bytes)), await writer.finish()];
    await writer.close();

    expect(Buffer.concat(told.flat()).equals(bytes)).toBe(true);
    expect(readCached(path)).toBeLessThanOrEqual(2 * MIB);
    expect((await readFile(path)).equals(Buffer.concat([head, bytes]))).toBe(true);
  });

  it('tells of bytes when they are in the file, and not before', async () => {
    const writer = await openWriter();
    expect(await writer.append([randomBytes(MIB - 1)])).toEqual([]);
    expect((await file.stat()).size).toBe(0);
    await writer.append([randomBytes(1)]);
    const told = await writer.append([randomBytes(MIB)]);
    expect((await file.stat()).size).toBeGreaterThanOrEqual(Buffer.concat(told).length);
    expect(Buffer.concat(told)).toHaveLength(MIB);
    await writer.close();
  });

  it('gives its memory to the next when it is closed, and to nobody before', async () => {
    const writers = [await openWriter(), await openWriter(), await openWriter(), await openWriter()];
    expect(await DirectWriter.open(file, path, 0, memory)).toBeNull();
    await writers[0]?.close();
    await (await openWriter()).close();
    for (const writer of writers.slice(1)) await writer.close();
  });

  it('hears of a write that failed with the next bytes', async () => {
    const writer = await openWriter(2 ** 53 - 4096 * 2);
    const failing = async (): Promise<void> => {
      for (let blocks = 0; blocks < 3; blocks += 1) await writer.append([randomBytes(MIB)]);
    };
    await expect(failing()).rejects.toThrow(/EFBIG|EINVAL/);
    await writer.close();
  });
});

/** How much of a file is in the page cache. */
function readCached(path: string): number {
  const args = ['--bytes', '--noheadings', '--raw', '--output', 'RES', path];
  return Number(execFileSync('fincore', args, { encoding: 'utf8' }));
}
