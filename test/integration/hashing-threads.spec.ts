import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HashingThread } from '../../src/modules/uploads/blobs/adapters/hashing/hashing-thread.js';
import { HashingThreads } from '../../src/modules/uploads/blobs/adapters/hashing/hashing-threads.js';
import { StagedHash } from '../../src/modules/uploads/blobs/adapters/hashing/staged-hash.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;

function threadsOf(threads: HashingThreads): readonly HashingThread[] {
  return (threads as unknown as { threads: HashingThread[] }).threads;
}

function workerOf(hashing: HashingThread | undefined): Worker {
  return (hashing as unknown as { thread: Worker }).thread;
}

describe('a file that is hashed while it is written', () => {
  let folder: string;
  let file: string;
  let thread: Worker;
  let hashing: HashingThread;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hashing-'));
    file = join(folder, 'file');
    await writeFile(file, '');
    hashing = new HashingThread();
    thread = workerOf(hashing);
  });

  afterEach(async () => {
    await thread.terminate();
    await rm(folder, { recursive: true });
  });

  async function countDescriptors(): Promise<number> {
    const own = await readdir('/proc/self/fd');
    const targets = await Promise.all(own.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return targets.filter((target) => target === file).length;
  }

  it('has the hash of all its bytes, those that came after the last word of them too', async () => {
    const bytes = randomBytes(5 * MIB + 1);
    const followed = hashing.follow(file);
    for (let at = 0; at < bytes.length; at += MIB) {
      await appendFile(file, bytes.subarray(at, at + MIB));
      if (at < 4 * MIB) followed.written(at + MIB);
    }

    expect(await followed.finish(bytes.length)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect([hashing.openFiles, await countDescriptors()]).toEqual([0, 0]);
  });

  it.each([
    ['that the thread keeps up with', 20],
    ['that come faster than the thread hashes', 200],
  ])('has the hash of bytes that are handed over, %s', async (_which, pieces) => {
    const expected = createHash('sha256');
    const hash = new StagedHash(file, new HashingThreads());
    for (let piece = 0; piece < pieces; piece += 1) {
      const bytes = Buffer.from(randomBytes(MIB / 4));
      expected.update(bytes);
      await appendFile(file, bytes);
      hash.wrote([bytes]);
    }

    expect(await hash.digest()).toBe(expected.digest('hex'));
  });

  it('is let go when it is abandoned', async () => {
    const followed = hashing.follow(file);
    followed.written(0);
    await waitFor(async () => (await countDescriptors()) === 1);
    followed.abandon();

    await waitFor(async () => (await countDescriptors()) === 0);
    expect(hashing.openFiles).toBe(0);
  });

  it('fails when it was made shorter meanwhile', async () => {
    const followed = hashing.follow(file);
    await writeFile(file, randomBytes(MIB));
    await truncate(file, 10);

    await expect(followed.finish(MIB)).rejects.toThrow('shorter');
  });

  it('fails when its thread ends, before and afterwards', async () => {
    const before = hashing.follow(file);
    await thread.terminate();

    await expect(before.finish(0)).rejects.toThrow('A hashing thread ended');
    await expect(hashing.follow(file).finish(0)).rejects.toThrow('A hashing thread ended');
  });

  it('is not followed when bytes are written after it was given up', () => {
    const threads = new HashingThreads();
    const hash = new StagedHash(file, threads);
    hash.release();
    hash.wrote([Buffer.alloc(MIB)]);

    expect(threadsOf(threads)).toEqual([]);
  });

  it('goes to another thread when one has ended', async () => {
    const threads = new HashingThreads();
    const lost = threads.follow(file);
    await workerOf(threadsOf(threads)[0]).terminate();

    await expect(lost.finish(0)).rejects.toThrow('A hashing thread ended');
    await expect(threads.follow(file).finish(0)).resolves.toBe(createHash('sha256').digest('hex'));
  });
});
