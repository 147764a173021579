import { createHash } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../platform/errors/app-error.js';
import type { Clock } from '../../../platform/runtime/clock.js';
import type { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { flushFolder } from '../../../platform/runtime/flush-folder.js';
import { codeOf } from '../../../platform/runtime/system-calls.js';
import type { BlobStore, LocalFile, StagedBlob } from '../blob-store.port.js';

/** Staged files that are older were left behind by a process that was killed. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/** Blobs as files: written under `staging`, flushed to the disk, then renamed to their place. */
export class FilesystemBlobStore implements BlobStore {
  private readonly staging: string;

  constructor(
    private readonly root: string,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {
    this.staging = join(root, 'staging');
  }

  /** Makes the folders and removes what a killed process left behind. */
  async prepare(): Promise<void> {
    await mkdir(this.staging, { recursive: true, mode: PRIVATE_FOLDER });
    const oldest = this.clock.now().getTime() - ABANDONED_AFTER_MS;
    for (const name of await readdir(this.staging)) {
      const path = join(this.staging, name);
      const { mtimeMs } = await stat(path);
      if (mtimeMs < oldest) await rm(path, { force: true });
    }
  }

  async stage(bytes: Readable): Promise<StagedBlob> {
    const stagingKey = this.ids.next();
    const path = join(this.staging, stagingKey);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    async function* measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    }
    // Until the file is open nobody else listens; `pipeline` finds the error afterwards.
    bytes.on('error', () => undefined);
    try {
      // Opened here and not by the stream: one that fails early could otherwise create the file after it was removed.
      const file = await open(path, 'wx', PRIVATE_FILE);
      await pipeline(bytes, measured, file.createWriteStream({ flush: true }));
    } catch (error) {
      await rm(path, { force: true });
      throw translate(error);
    }
    return { stagingKey, sizeBytes, sha256: hash.digest('hex') };
  }

  async commit(staged: StagedBlob, key: string): Promise<void> {
    const target = this.pathOf(key);
    try {
      const created = await mkdir(dirname(target), { recursive: true, mode: PRIVATE_FOLDER });
      await rename(join(this.staging, staged.stagingKey), target);
      // A rename is durable when the folder is, and a new folder when those above it are.
      const folders = [dirname(target), dirname(dirname(target)), this.root];
      for (const folder of created === undefined ? folders.slice(0, 1) : folders) await flushFolder(folder);
    } catch (error) {
      throw translate(error);
    }
  }

  async discard(staged: StagedBlob): Promise<void> {
    await rm(join(this.staging, staged.stagingKey), { force: true });
  }

  openStaged(staged: StagedBlob): Promise<LocalFile> {
    return openFile(join(this.staging, staged.stagingKey));
  }

  openLocal(key: string): Promise<LocalFile> {
    return openFile(this.pathOf(key));
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async assertWritable(): Promise<void> {
    const path = join(this.staging, `probe-${this.ids.next()}`);
    try {
      await writeFile(path, 'probe', { flag: 'wx' });
    } catch (error) {
      throw translate(error);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Two levels of folders, by the end of the key: the beginning of a UUIDv7 is its time and would fill one folder after the other. */
  private pathOf(key: string): string {
    if (!/^[0-9a-f-]{36}$/.test(key)) throw new Error('Not a blob key');
    return join(this.root, key.slice(-2), key.slice(-4, -2), key);
  }
}

async function openFile(path: string): Promise<LocalFile> {
  await access(path);
  return { path, release: () => Promise.resolve() };
}

function translate(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('storage_full', 'There is not enough space left to keep this file.', {
      cause: error,
    });
  }
  return error;
}
