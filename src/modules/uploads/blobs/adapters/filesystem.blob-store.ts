import { access, mkdir, open, readdir, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { flushFolder } from '../../../../platform/runtime/flush-folder.js';
import type { IdGenerator } from '../../../../platform/runtime/id-generator.js';
import { codeOf, isOfFile } from '../../../../platform/runtime/system-calls.js';
import {
  assertBlobKey,
  BlobMissingError,
  type BlobStore,
  type ByteRange,
  type LocalFile,
  type StoredContent,
} from '../blob-store.port.js';
import { storageUnavailable, translateDiskFull } from '../storage-faults.js';
import { isOlder, removeFilesBefore } from '../../../../platform/runtime/file-age.js';
import { freeBytesOf } from '../../../../platform/runtime/free-bytes.js';
import { HashingThreads } from './hashing/hashing-threads.js';
import { StagedHash } from './hashing/staged-hash.js';
import { DirectMemory } from './staging/direct-memory.js';
import { StagedFileStream } from './staging/staged-file.stream.js';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const BUFFER_BYTES = 2 ** 20;

/** Blobs as files: written under `staging`, flushed to the disk, then renamed to their place. */
export class FilesystemBlobStore implements BlobStore {
  private readonly staging: string;
  private readonly hashing = new HashingThreads();
  private readonly memory = new DirectMemory();
  /** Folders that this process has seen to be durable, or is about to. */
  private readonly durable = new Map<string, Promise<void>>();

  constructor(
    private readonly root: string,
    private readonly ids: IdGenerator,
  ) {
    this.staging = join(root, 'staging');
  }

  async prepare(): Promise<void> {
    await mkdir(this.staging, { recursive: true, mode: PRIVATE_FOLDER });
  }

  async put(key: string, bytes: Readable): Promise<StoredContent> {
    const target = this.pathOf(key);
    const staged = join(this.staging, key);
    // Until the file is open nobody else listens; `pipeline` finds the error afterwards.
    bytes.on('error', () => undefined);
    try {
      // Opened here and not by the stream: one that fails early could otherwise create the file after it was removed.
      const file = await open(staged, 'wx', PRIVATE_FILE);
      const writing = new StagedFileStream(file, staged, new StagedHash(staged, this.hashing), this.memory);
      await pipeline(bytes, writing);
      await this.moveDurably(staged, target);
      return writing.content;
    } catch (error) {
      bytes.destroy();
      await removeIfThere(staged);
      throw translateFault(error);
    }
  }

  async salvage(key: string): Promise<number | null> {
    const target = this.pathOf(key);
    const staged = join(this.staging, key);
    try {
      const size = await flushFile(staged);
      if (size === null) return (await flushFile(target)) ?? (await this.nothingThere());
      await this.moveDurably(staged, target);
      return size;
    } catch (error) {
      throw translateFault(error);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await this.openThere(this.pathOf(key));
    return file.createReadStream({ ...range, highWaterMark: BUFFER_BYTES });
  }

  async openLocal(key: string): Promise<LocalFile> {
    const path = this.pathOf(key);
    await (await this.openThere(path)).close();
    return { path, release: () => Promise.resolve() };
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async *keysStoredBefore(time: Date): AsyncGenerator<string> {
    for (const outer of await readdir(this.root)) {
      if (!isShard(outer)) continue;
      for (const inner of await readdir(join(this.root, outer))) {
        const folder = join(this.root, outer, inner);
        for (const key of await readdir(folder)) {
          if (await isOlder(join(folder, key), time)) yield key;
        }
      }
    }
  }

  async removeUnfinished(begunBefore: Date): Promise<void> {
    await removeFilesBefore(this.staging, begunBefore);
  }

  async freeBytes(): Promise<number> {
    try {
      return await freeBytesOf(this.root);
    } catch (error) {
      throw translateFault(error);
    }
  }

  async assertWritable(): Promise<void> {
    const path = join(this.staging, `probe-${this.ids.next()}`);
    try {
      await writeFile(path, 'probe', { flag: 'wx' });
    } catch (error) {
      throw translateFault(error);
    } finally {
      await removeIfThere(path);
    }
  }

  private async openThere(path: string): Promise<FileHandle> {
    try {
      return await open(path);
    } catch (cause) {
      if (codeOf(cause) !== 'ENOENT') throw translateFault(cause);
      await this.nothingThere();
      throw new BlobMissingError({ cause });
    }
  }

  /** Where a disk was taken away no file is there, and none is lost. */
  private async nothingThere(): Promise<null> {
    await access(this.staging).catch((cause: unknown) => {
      throw storageUnavailable(cause);
    });
    return null;
  }

  private async moveDurably(from: string, to: string): Promise<void> {
    const folder = dirname(to);
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    await this.makeDurable(folder);
    await rename(from, to);
    // A rename is durable when the folder is.
    await flushFolder(folder);
  }

  /** A folder is durable when those above it are: whoever finds it there has to wait for that as much as who made it. */
  private async makeDurable(folder: string): Promise<void> {
    const flushing = this.durable.get(folder) ?? this.flushAbove(folder);
    this.durable.set(folder, flushing);
    try {
      await flushing;
    } catch (error) {
      this.durable.delete(folder);
      throw error;
    }
  }

  private async flushAbove(folder: string): Promise<void> {
    await flushFolder(dirname(folder));
    await flushFolder(this.root);
  }

  /** Two levels of folders, by the end of the key: the beginning of a UUIDv7 is its time and would fill one folder after the other. */
  private pathOf(key: string): string {
    assertBlobKey(key);
    return join(this.root, key.slice(-2), key.slice(-4, -2), key);
  }
}

function isShard(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}

/**
 * Makes what was written to a file durable.
 *
 * @returns how much that is; null when there is no such file. A writer that does not know yet that it was given up may add more.
 */
async function flushFile(path: string): Promise<number | null> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    await file.sync();
    return size;
  } finally {
    await file.close();
  }
}

/** What went wrong before matters more than why this cannot be done. */
async function removeIfThere(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** What the system says of the folder: that its disk is full, or that it is away, read-only, broken or somebody else's. */
function translateFault(error: unknown): unknown {
  const translated = translateDiskFull(error);
  return translated === error && isOfFile(error) ? storageUnavailable(error) : translated;
}
