import type { Frame } from 'node-av/lib';
import type { ChannelPlan } from './channel-mix.js';
import { lengthOf, type PcmBlock } from './pcm-block.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';
import { Resampler } from './resampler.js';
import { Timeline } from './timeline.js';

/**
 * Frames of any kind in, blocks of the channels that are wanted out: one resampler after the other, as a stream may change its rate or
 * channels on the way.
 */
export class PcmConversion {
  /** Frames in a form that swresample does not take. */
  refused = 0;
  private resampler: Resampler | null = null;
  private readonly timeline: Timeline;

  constructor(
    startSeconds: number | null,
    private readonly plan: ChannelPlan,
  ) {
    this.timeline = new Timeline(startSeconds);
  }

  /** Usually nothing or one block; more where silence is filled in or the parameters changed with this frame. */
  *write(frame: Frame, startSeconds: number | null): Generator<PcmBlock> {
    this.plan.expect(frame.channels);
    const silence = this.timeline.advance(startSeconds, frame.nbSamples / frame.sampleRate);
    if (silence > 0 || this.resampler?.fits(frame) !== true) {
      yield* nonEmpty(this.flush());
      yield* silentBlocks(silence, this.plan.channels);
      this.close();
      this.resampler = Resampler.open(frame, PCM_SAMPLE_RATE);
    }
    if (this.resampler === null) this.refused += 1;
    else yield* nonEmpty(this.plan.take(this.resampler.write(frame)));
  }

  /** What is left at the end; empty when nothing is. */
  flush(): PcmBlock {
    return this.plan.take(this.resampler?.flush() ?? []);
  }

  close(): void {
    this.resampler?.close();
    this.resampler = null;
  }
}

function nonEmpty(block: PcmBlock): PcmBlock[] {
  return lengthOf(block) > 0 ? [block] : [];
}

function* silentBlocks(seconds: number, channels: number): Generator<PcmBlock> {
  for (let left = Math.round(seconds * PCM_SAMPLE_RATE); left > 0; left -= PCM_SAMPLE_RATE) {
    const length = Math.min(left, PCM_SAMPLE_RATE);
    yield Array.from({ length: channels }, () => new Float32Array(length));
  }
}
