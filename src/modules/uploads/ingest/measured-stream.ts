import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { BytesCheck } from './bytes-check.view.js';

/** Passes bytes on, and knows afterwards how many they were and their hash. */
export class MeasuredStream extends Transform {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly check: BytesCheck | null) {
    super();
  }

  /** Hex; once, after the last byte. */
  digest(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    this.check?.see(chunk);
    this.sizeBytes += chunk.length;
    done(null, chunk);
  }
}
