import { PcmBuffer } from '../audio/pcm-buffer.js';
import { EngineError, throwIfAborted } from '../errors.js';
import type { AudioSource } from '../options.js';
import { HOP_SAMPLES, WINDOW_SAMPLES, windowCount } from './frames.js';

/** Windows that a worker listens to at once. Fixed, so that nothing depends on the sizes of the caller's blocks. */
const BATCH = 4;
/** Samples of as many windows. */
const WHOLE = (BATCH - 1) * HOP_SAMPLES + WINDOW_SAMPLES;

/** Consecutive windows of a recording. */
export interface WindowBatch {
  windows: number;
  /** Of these windows, which overlap; the last may be shorter. */
  samples: Float32Array<ArrayBuffer>;
  /** Samples of the audio that are done with these windows. */
  end: number;
}

/** Cuts a stream of 16 kHz mono samples into windows. Holds no more than a batch of them. */
export class WindowReader {
  private readonly pcm = new PcmBuffer();
  /** Samples that have been looked at. */
  private looked = 0;

  /** @param next number of the first window that is wanted */
  constructor(private next: number) {}

  /** Samples of the audio so far. */
  get end(): number {
    return this.pcm.end;
  }

  /** @throws EngineError `audio_invalid` */
  async *read(audio: AudioSource, signal: AbortSignal): AsyncGenerator<WindowBatch> {
    for await (const block of audio) {
      throwIfAborted(signal);
      if (!(block instanceof Float32Array)) {
        throw new EngineError('audio_invalid', 'speakers are told apart in blocks of one Float32Array, mono');
      }
      for (let at = 0; at < block.length;) {
        // One sample more than a batch needs: there is a window behind it.
        const room = this.from + WHOLE + 1 - this.pcm.end;
        this.pcm.append(block.subarray(at, at + room));
        at += room;
        if (this.pcm.end > this.from + WHOLE) yield this.batch(BATCH, this.from + BATCH * HOP_SAMPLES);
        else this.dropUnwanted();
      }
    }
    const windows = windowCount(this.pcm.end) - this.next;
    if (windows > 0) yield this.batch(windows, this.pcm.end);
  }

  private get from(): number {
    return this.next * HOP_SAMPLES;
  }

  private batch(windows: number, end: number): WindowBatch {
    const { from } = this;
    this.pcm.silence(Math.max(from, this.looked));
    this.looked = this.pcm.end;
    const samples = this.pcm.read(from, Math.min(this.pcm.end, from + WHOLE)) as Float32Array<ArrayBuffer>;
    this.next += windows;
    this.dropUnwanted();
    return { windows, samples, end };
  }

  private dropUnwanted(): void {
    this.pcm.dropBefore(Math.min(this.from, this.pcm.end));
  }
}
