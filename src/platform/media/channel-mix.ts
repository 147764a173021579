import { Downmix } from './downmix.js';
import type { PcmBlock } from './pcm-block.js';

/** Makes of the channels of a stream, block by block, those that are handed out. */
export interface ChannelPlan {
  /** How many are handed out; 0 before the first `expect`. */
  readonly channels: number;
  expect(channels: number): void;
  take(planes: PcmBlock): PcmBlock;
}

/** Hands out one, whatever comes. */
export class ChannelMix implements ChannelPlan {
  readonly channels = 1;
  private readonly downmix = new Downmix();

  expect(): void {
    // Any number can be mixed.
  }

  take(planes: PcmBlock): PcmBlock {
    return [this.downmix.mix(planes)];
  }
}
