import { AppError } from '../errors/app-error.js';
import type { ChannelPlan } from './channel-mix.js';
import { replaceNonFinite } from './downmix.js';
import { lengthOf, type PcmBlock } from './pcm-block.js';
import { MAX_SEPARATE_CHANNELS } from './sound-limits.js';

/** Hands out the channels of a stream each by itself: always as many as it began with. */
export class ChannelSplit implements ChannelPlan {
  private count: number | null = null;

  get channels(): number {
    return this.count ?? 0;
  }

  /**
   * Is told how many channels come next. Only the first time counts: where a stream changes that on the way, channels that are new are
   * left out, and those that end are silent.
   *
   * @throws AppError too_many_channels
   */
  expect(channels: number): void {
    if (this.count !== null) return;
    assertSeparable(channels);
    this.count = channels;
  }

  /** `planes` are of one length; values that are no numbers count as 0. */
  take(planes: PcmBlock): PcmBlock {
    const length = lengthOf(planes);
    planes.forEach(replaceNonFinite);
    return Array.from({ length: this.channels }, (_, index) => planes[index] ?? new Float32Array(length));
  }
}

/** @throws AppError too_many_channels */
export function assertSeparable(channels: number): void {
  if (channels > MAX_SEPARATE_CHANNELS)
    throw new AppError(
      'too_many_channels',
      `The sound has ${channels} channels. At most ${MAX_SEPARATE_CHANNELS} are heard each by itself.`,
    );
}
