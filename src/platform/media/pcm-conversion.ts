import type { Frame } from 'node-av/lib';
import { Downmix } from './downmix.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';
import { Resampler } from './resampler.js';
import { Timeline } from './timeline.js';

/** Frames of any kind in, mono blocks out: one resampler after the other, as a stream may change its rate or channels on the way. */
export class PcmConversion {
  /** Frames in a form that swresample does not take. */
  refused = 0;
  private resampler: Resampler | null = null;
  private readonly downmix = new Downmix();
  private readonly timeline: Timeline;

  constructor(startSeconds: number | null) {
    this.timeline = new Timeline(startSeconds);
  }

  /** Usually nothing or one block; more where silence is filled in or the parameters changed with this frame. */
  *write(frame: Frame, startSeconds: number | null): Generator<Float32Array> {
    const silence = this.timeline.advance(startSeconds, frame.nbSamples / frame.sampleRate);
    if (silence > 0 || this.resampler?.fits(frame) !== true) {
      yield* nonEmpty(this.flush());
      yield* silentBlocks(silence);
      this.close();
      this.resampler = Resampler.open(frame, PCM_SAMPLE_RATE);
    }
    if (this.resampler === null) this.refused += 1;
    else yield* nonEmpty(this.downmix.mix(this.resampler.write(frame)));
  }

  /** What is left at the end; empty when nothing is. */
  flush(): Float32Array {
    return this.downmix.mix(this.resampler?.flush() ?? []);
  }

  close(): void {
    this.resampler?.close();
    this.resampler = null;
  }
}

function nonEmpty(block: Float32Array): Float32Array[] {
  return block.length > 0 ? [block] : [];
}

function* silentBlocks(seconds: number): Generator<Float32Array> {
  for (let left = Math.round(seconds * PCM_SAMPLE_RATE); left > 0; left -= PCM_SAMPLE_RATE) {
    yield new Float32Array(Math.min(left, PCM_SAMPLE_RATE));
  }
}
