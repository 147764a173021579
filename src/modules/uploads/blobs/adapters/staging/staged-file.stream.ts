import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { StoredContent } from '../../blob-store.port.js';
import { sumBytes } from '../hashing/file-hash.protocol.js';
import type { StagedHash } from '../hashing/staged-hash.js';
import type { DirectMemory } from './direct-memory.js';
import { DirectWriter } from './direct-writer.js';
import { splitAt, writeAll, type Chunks } from './write-all.js';

/** So much is received while the disk is busy. */
const BUFFER_BYTES = 2 ** 20;

/** So much is written between two flushes on the way. */
const FLUSH_BYTES = 64 * 2 ** 20;

/** What comes behind so much is written past the page cache, where that is possible. A multiple of `ALIGNMENT_BYTES`. */
const DIRECT_FROM_BYTES = 8 * 2 ** 20;

type Done = (error?: Error | null) => void;

interface Piece {
  readonly chunk: Buffer<ArrayBuffer>;
}

/**
 * Writes into a file from its beginning, in order, and is finished when all of it is on the disk.
 */
export class StagedFileStream extends Writable {
  private sha256 = '';
  private flushing: Promise<void> | null = null;
  private flushedBytes = 0;
  private receivedBytes = 0;
  /** What goes on even when the stream is destroyed meanwhile. */
  private working: Promise<void> = Promise.resolve();
  /** Null: not for this file. */
  private direct: DirectWriter | null | undefined;

  /** @param path of the open file */
  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly hash: StagedHash,
    private readonly memory: DirectMemory,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
  }

  /** After it is finished. */
  get content(): StoredContent {
    return { sizeBytes: this.hash.sizeBytes, sha256: this.sha256 };
  }

  override _write(chunk: Buffer<ArrayBuffer>, _encoding: BufferEncoding, done: Done): void {
    this._writev([{ chunk }], done);
  }

  override _writev(pieces: readonly Piece[], done: Done): void {
    this.working = this.append(pieces.map(({ chunk }) => chunk));
    answer(this.working, done);
  }

  override _final(done: Done): void {
    this.working = this.complete();
    answer(this.working, done);
  }

  override _destroy(error: Error | null, done: Done): void {
    answer(this.close(error), done);
  }

  private async append(chunks: Chunks): Promise<void> {
    const [first, more] = splitAt(chunks, DIRECT_FROM_BYTES - this.receivedBytes);
    if (first.length > 0) await this.writeBuffered(first);
    if (more.length === 0) return;
    if (this.direct === undefined) await this.goPastCache();
    await (this.direct ? this.writeDirect(this.direct, more) : this.writeBuffered(more));
  }

  private async goPastCache(): Promise<void> {
    this.direct = await DirectWriter.open(this.file, this.path, this.receivedBytes, this.memory);
    // What is behind must not be durable before what is in front: the size of a file says how much of it there is.
    if (this.direct !== null) await this.file.datasync();
  }

  private async writeBuffered(chunks: Chunks): Promise<void> {
    await writeAll(this.file, chunks);
    this.receivedBytes += sumBytes(chunks);
    this.hash.wrote(chunks);
    this.flushEarly();
  }

  private async writeDirect(direct: DirectWriter, chunks: Chunks): Promise<void> {
    this.hash.wrote(await direct.append(chunks));
    this.receivedBytes += sumBytes(chunks);
  }

  /** So that little is left to flush at the end. What goes wrong with it the last flush tells. */
  private flushEarly(): void {
    if (this.flushing !== null || this.hash.sizeBytes - this.flushedBytes < FLUSH_BYTES) return;
    this.flushedBytes = this.hash.sizeBytes;
    this.flushing = this.file
      .datasync()
      .catch(() => undefined)
      .finally(() => {
        this.flushing = null;
      });
  }

  private async complete(): Promise<void> {
    if (this.direct) this.hash.wrote(await this.direct.finish());
    await this.flushing;
    [this.sha256] = await Promise.all([this.hash.digest(), this.file.sync()]);
  }

  private async close(error: Error | null): Promise<void> {
    await this.working.catch(() => undefined);
    this.hash.release();
    await this.flushing;
    try {
      await this.direct?.close();
    } finally {
      await this.file.close();
    }
    if (error !== null) throw error;
  }
}

function answer(work: Promise<void>, done: Done): void {
  work.then(() => {
    done();
  }, done);
}
