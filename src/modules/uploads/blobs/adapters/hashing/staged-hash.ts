import { createHash, type Hash } from 'node:crypto';
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
  private toldBytes = 0;
  private isReleased = false;

  constructor(
    private readonly path: string,
    private readonly threads: HashingThreads,
  ) {}

  /** These bytes are in the file now, behind the others. */
  wrote(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.sizeBytes += buffer.length;
    if (this.sizeBytes > IN_PLACE_BYTES) this.tell();
    else for (const buffer of buffers) this.inPlace.update(buffer);
  }

  /**
   * Hex; once, after the last byte.
   *
   * @throws when the file cannot be read, or the thread has ended
   */
  async digest(): Promise<string> {
    return this.followed === undefined ? this.inPlace.digest('hex') : this.followed.finish(this.sizeBytes);
  }

  /** Also after the digest, and while bytes are still being written. */
  release(): void {
    this.isReleased = true;
    this.followed?.abandon();
  }

  /** The thread begins with the first byte again: what it has to read twice is little. */
  private tell(): void {
    if (this.isReleased) return;
    if (this.followed !== undefined && this.sizeBytes - this.toldBytes < STEP_BYTES) return;
    this.followed ??= this.threads.follow(this.path);
    this.followed.written(this.sizeBytes);
    this.toldBytes = this.sizeBytes;
  }
}
