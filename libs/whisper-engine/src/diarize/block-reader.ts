import { PcmBuffer } from '../audio/pcm-buffer.js';
import { EngineError, throwIfAborted } from '../errors.js';
import type { AudioSource } from '../options.js';
import { HOP_SAMPLES, WINDOW_SAMPLES, blockOf, windowCount, type Block } from './frames.js';

/** A block with its samples, from its first window on. */
export interface SoundBlock extends Block {
  samples: Float32Array<ArrayBuffer>;
  /** Samples of the audio that are done with it. */
  end: number;
}

/**
 * Cuts a stream of 16 kHz mono samples into blocks that overlap. Holds no more than one of them. Nothing depends on the sizes of the
 * caller's blocks.
 */
export class BlockReader {
  private readonly pcm = new PcmBuffer();
  /** Samples that have been looked at. */
  private looked = 0;

  /** @param next number of the first block that is wanted */
  constructor(private next: number) {}

  /** Samples of the audio so far. */
  get end(): number {
    return this.pcm.end;
  }

  /** @throws EngineError `audio_invalid` */
  async *read(audio: AudioSource, signal: AbortSignal): AsyncGenerator<SoundBlock> {
    for await (const block of audio) {
      throwIfAborted(signal);
      if (!(block instanceof Float32Array)) {
        throw new EngineError('audio_invalid', 'speakers are told apart in blocks of one Float32Array, mono');
      }
      for (let at = 0; at < block.length;) {
        const { firstWindow, endWindow } = blockOf(this.next);
        const whole = (endWindow - 1) * HOP_SAMPLES + WINDOW_SAMPLES;
        // One sample more than the block needs: there is another one behind it.
        const room = whole + 1 - this.pcm.end;
        this.pcm.append(block.subarray(at, at + room));
        at += room;
        if (this.pcm.end > whole) yield this.take(endWindow, false);
        else this.pcm.dropBefore(Math.min(firstWindow * HOP_SAMPLES, this.pcm.end));
      }
    }
    const windows = windowCount(this.pcm.end);
    const decided = this.next === 0 ? 0 : blockOf(this.next - 1).endWindow;
    if (windows > decided) yield this.take(windows, true);
  }

  private take(endWindow: number, last: boolean): SoundBlock {
    const { firstWindow, firstFrame } = blockOf(this.next++);
    const from = firstWindow * HOP_SAMPLES;
    this.pcm.silence(Math.max(from, this.looked));
    this.looked = this.pcm.end;
    const to = Math.min(this.pcm.end, (endWindow - 1) * HOP_SAMPLES + WINDOW_SAMPLES);
    const samples = this.pcm.read(from, to) as Float32Array<ArrayBuffer>;
    const end = last ? this.pcm.end : endWindow * HOP_SAMPLES;
    return { firstWindow, endWindow, firstFrame, last, samples, end };
  }
}
