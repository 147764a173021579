import { Transform, type TransformCallback } from 'node:stream';
import type { BytesRules } from './bytes-rules.view.js';

/** So much is received while the disk is busy. */
const BUFFER_BYTES = 2 ** 20;

/** Passes bytes on, counted and checked, and fails when they are too many. */
export class MeasuredStream extends Transform {
  private sizeBytes = 0;

  constructor(private readonly rules: BytesRules) {
    super({ highWaterMark: BUFFER_BYTES });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    const { limit, check, onProgress } = this.rules;
    if (limit !== undefined && this.sizeBytes > limit.maxBytes) {
      done(limit.tooMany());
      return;
    }
    check?.see(chunk);
    onProgress?.(this.sizeBytes);
    done(null, chunk);
  }
}
