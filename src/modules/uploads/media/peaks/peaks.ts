import { PCM_SAMPLE_RATE } from '../../../../platform/media/pcm-rate.js';

/** What is kept: three hours are less than half a megabyte. */
export const PEAKS_PER_SECOND = 20;
const SAMPLES = PCM_SAMPLE_RATE / PEAKS_PER_SECOND;
const FULL_SCALE = 127;

/** The lowest and the highest sample of a stretch, from -1 to 1. */
export interface Peak {
  readonly min: number;
  readonly max: number;
}

/** Finds the peaks of sound that comes in blocks, whatever their lengths. Each is two bytes: the lowest, then the highest. */
export class PeakCollector {
  private readonly bytes: number[] = [];
  private min = 0;
  private max = 0;
  private samples = 0;

  add(block: Float32Array): void {
    for (const sample of block) {
      if (sample < this.min) this.min = sample;
      else if (sample > this.max) this.max = sample;
      this.samples++;
      if (this.samples === SAMPLES) this.close();
    }
  }

  finish(): Int8Array {
    if (this.samples > 0) this.close();
    return Int8Array.from(this.bytes);
  }

  /** Loud sources go beyond 1. */
  private close(): void {
    const toByte = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * FULL_SCALE);
    this.bytes.push(toByte(this.min), toByte(this.max));
    [this.min, this.max, this.samples] = [0, 0, 0];
  }
}

/** Not more than so many peaks, each of stretches of the same length; what is louder than the rest stays. */
export function condense(bytes: Int8Array, points: number): Peak[] {
  const count = bytes.length / 2;
  const wanted = Math.min(points, count);
  return Array.from({ length: wanted }, (_, point) => {
    const from = Math.floor((point * count) / wanted);
    const until = Math.floor(((point + 1) * count) / wanted);
    let [min, max] = [0, 0];
    for (let at = from; at < until; at++) {
      min = Math.min(min, bytes[at * 2] ?? 0);
      max = Math.max(max, bytes[at * 2 + 1] ?? 0);
    }
    return { min: toFraction(min), max: toFraction(max) };
  });
}

function toFraction(byte: number): number {
  return Math.round((byte / FULL_SCALE) * 1000) / 1000;
}
