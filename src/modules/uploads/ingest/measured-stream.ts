import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { BytesRules } from './bytes-rules.view.js';

/** So much is received while the disk is busy. */
const BUFFER_BYTES = 2 ** 20;

/** Passes bytes on, fails when they are too many, and knows afterwards how many they were and their hash. */
export class MeasuredStream extends Transform {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly rules: BytesRules = {}) {
    super({ highWaterMark: BUFFER_BYTES });
  }

  /** Hex; once, after the last byte. */
  digest(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    const { limit, check, onProgress } = this.rules;
    if (limit !== undefined && this.sizeBytes > limit.maxBytes) {
      done(limit.tooMany());
      return;
    }
    this.hash.update(chunk);
    check?.see(chunk);
    onProgress?.(this.sizeBytes);
    done(null, chunk);
  }
}
