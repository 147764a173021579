import { createHash, type Hash } from 'node:crypto';
import { releaseBuffer } from '../release-buffer.js';
import { sumBytes } from './file-hash.protocol.js';
import type { FollowedFile } from './hashing-thread.js';
import type { HashingThreads } from './hashing-threads.js';

/** Up to here a hash costs less than its way to another thread. */
const IN_PLACE_BYTES = 512 * 1024;
/** So much is written before the thread is told. */
const STEP_BYTES = 2 ** 20;

/** Size and hash of a file while it is written from its beginning. That of a large one is made in another thread. */
export class StagedHash {
  sizeBytes = 0;
  private readonly inPlace: Hash = createHash('sha256');
  private followed: FollowedFile | undefined;
  private untold: Buffer<ArrayBuffer>[] = [];
  private isReleased = false;

  constructor(
    private readonly path: string,
    private readonly threads: HashingThreads,
  ) {}

  /** These bytes are in the file now, behind the others. They are nobody else's any more. */
  wrote(buffers: readonly Buffer<ArrayBuffer>[]): void {
    this.sizeBytes += sumBytes(buffers);
    if (this.sizeBytes > IN_PLACE_BYTES) this.tell(buffers);
    else this.hashInPlace(buffers);
  }

  /**
   * Hex; once, after the last byte.
   *
   * @throws when the file cannot be read, or the thread has ended
   */
  async digest(): Promise<string> {
    if (this.followed === undefined) return this.inPlace.digest('hex');
    return this.followed.finish(this.sizeBytes, this.untold);
  }

  /** Also after the digest, and while bytes are still being written. */
  release(): void {
    this.isReleased = true;
    this.followed?.abandon();
  }

  private hashInPlace(buffers: readonly Buffer<ArrayBuffer>[]): void {
    for (const buffer of buffers) {
      this.inPlace.update(buffer);
      releaseBuffer(buffer);
    }
  }

  /** The thread begins with the first byte again: what it has to read twice is little. */
  private tell(buffers: readonly Buffer<ArrayBuffer>[]): void {
    if (this.isReleased) return;
    this.untold.push(...buffers);
    if (this.followed !== undefined && sumBytes(this.untold) < STEP_BYTES) return;
    this.followed ??= this.threads.follow(this.path);
    this.followed.written(this.sizeBytes, this.untold);
    this.untold = [];
  }
}
