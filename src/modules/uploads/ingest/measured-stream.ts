import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Passes bytes on, and knows afterwards how many they were and their hash. */
export class MeasuredStream extends Transform {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');

  /** Hex; once, after the last byte. */
  digest(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    this.sizeBytes += chunk.length;
    done(null, chunk);
  }
}
