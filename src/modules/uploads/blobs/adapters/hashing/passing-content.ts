import { createHash } from 'node:crypto';
import type { StoredContent } from '../../blob-store.port.js';

/** Size and hash of bytes that pass. */
export class PassingContent {
  private readonly hash = createHash('sha256');
  private sizeBytes = 0;

  async *measure(bytes: AsyncIterable<Buffer<ArrayBuffer>>): AsyncGenerator<Buffer<ArrayBuffer>> {
    for await (const chunk of bytes) {
      this.hash.update(chunk);
      this.sizeBytes += chunk.length;
      yield chunk;
    }
  }

  /** Once, after the last byte. */
  sum(): StoredContent {
    return { sizeBytes: this.sizeBytes, sha256: this.hash.digest('hex') };
  }
}
