import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { StoredContent } from '../blob-store.port.js';
import type { StagedHash } from './hashing/staged-hash.js';

/** So much is received while the disk is busy. */
const BUFFER_BYTES = 2 ** 20;

/** So much is written between two flushes on the way. */
const FLUSH_BYTES = 64 * 2 ** 20;

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

  constructor(
    private readonly file: FileHandle,
    private readonly hash: StagedHash,
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
    answer(this.append(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: Done): void {
    answer(this.complete(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    answer(this.close(error), done);
  }

  private async append(buffers: readonly Buffer<ArrayBuffer>[]): Promise<void> {
    for (let left = buffers; left.length > 0;) {
      const { bytesWritten } = await this.file.writev(left);
      left = behind(left, bytesWritten);
    }
    this.hash.wrote(buffers);
    this.flushEarly();
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
    await this.flushing;
    [this.sha256] = await Promise.all([this.hash.digest(), this.file.sync()]);
  }

  private async close(error: Error | null): Promise<void> {
    this.hash.release();
    await this.flushing;
    await this.file.close();
    if (error !== null) throw error;
  }
}

function answer(work: Promise<void>, done: Done): void {
  work.then(() => {
    done();
  }, done);
}

/** Without the first bytes, which were written. */
function behind(buffers: readonly Buffer<ArrayBuffer>[], bytes: number): Buffer<ArrayBuffer>[] {
  let skipped = bytes;
  return buffers.flatMap((buffer) => {
    const rest = buffer.subarray(Math.min(skipped, buffer.length));
    skipped -= buffer.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}
