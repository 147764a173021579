import { EngineError } from '../errors.js';
import { SAMPLE_RATE } from './sample-rate.js';

const INITIAL_CAPACITY = 1 << 16;
/** 36 dB above full scale, which is 1: more than recordings in floats have. */
const LOUDEST = 64;
/** Samples that were never scaled from integers to floats lie below this; damaged ones anywhere. */
const LARGEST_INTEGER = 2 ** 31;
/** Longer, in a block, than any damage that looks like integers: 0.1 s. */
const MOST_UNSCALED = SAMPLE_RATE / 10;

const unscaledSamples = (): EngineError =>
  new EngineError(
    'audio_invalid',
    'samples lie between -1 and 1, these far beyond: 16-bit integers have to be divided by 32768',
  );

/** The part of a sound stream that is still needed, addressed by sample numbers from the start of the stream. */
export class PcmBuffer {
  private samples = new Float32Array(INITIAL_CAPACITY);
  /** Number of the first sample that is still held. */
  private first = 0;
  private count = 0;

  /** Number of samples taken in so far. */
  get end(): number {
    return this.first + this.count;
  }

  append(block: Float32Array): void {
    const needed = this.count + block.length;
    if (needed > this.samples.length) {
      const grown = new Float32Array(Math.max(needed, this.samples.length * 2));
      grown.set(this.samples.subarray(0, this.count));
      this.samples = grown;
    }
    this.samples.set(block, this.count);
    this.count = needed;
  }

  /**
   * A copy of samples `from` up to, not including, `to`.
   * @throws RangeError for samples that are gone or have not come yet
   */
  read(from: number, to: number): Float32Array {
    if (from < this.first || to > this.end || from > to) {
      throw new RangeError(`samples ${from} to ${to} are not held (${this.first} to ${this.end} are)`);
    }
    return this.samples.slice(from - this.first, to - this.first);
  }

  /**
   * Puts silence in the place of what is no sound (NaN, beyond all loudness) from a sample on: it would spoil all that follows.
   * @throws EngineError `audio_invalid` where so much of it is beyond full scale that the samples are integers
   */
  silence(from: number): void {
    let unscaled = 0;
    for (let at = from - this.first; at < this.count; at++) {
      const size = Math.abs(this.samples[at] ?? 0);
      if (size <= LOUDEST) continue;
      this.samples[at] = 0;
      if (size <= LARGEST_INTEGER) unscaled++;
    }
    if (unscaled > MOST_UNSCALED) throw unscaledSamples();
  }

  /** Forgets everything in front of a sample. */
  dropBefore(sample: number): void {
    const gone = Math.min(sample - this.first, this.count);
    if (gone <= 0) return;
    this.samples.copyWithin(0, gone, this.count);
    this.first += gone;
    this.count -= gone;
  }
}
