import { describe, expect, it } from '@jest/globals';
import { ChannelSplit } from './channel-split.js';

const LEFT = Float32Array.of(0.1, 0.2);
const RIGHT = Float32Array.of(0.3, 0.4);

function splitOf(channels: number): ChannelSplit {
  const split = new ChannelSplit();
  split.expect(channels);
  return split;
}

describe('ChannelSplit', () => {
  it('hands out each channel by itself', () => {
    expect(splitOf(2).take([LEFT, RIGHT])).toEqual([LEFT, RIGHT]);
    expect(splitOf(1).take([LEFT])).toEqual([LEFT]);
  });

  it('keeps the number of channels where the stream changes it on the way', () => {
    const split = splitOf(2);
    split.expect(1);
    expect(split.take([LEFT])).toEqual([LEFT, Float32Array.of(0, 0)]);
    split.expect(3);
    expect(split.take([LEFT, RIGHT, LEFT])).toEqual([LEFT, RIGHT]);
  });

  it('counts values that are no numbers as silence', () => {
    expect(splitOf(1).take([Float32Array.of(Number.NaN, 0.5)])).toEqual([Float32Array.of(0, 0.5)]);
  });

  it('refuses more channels than anybody speaks on', () => {
    expect(() => splitOf(9)).toThrow(expect.objectContaining({ code: 'too_many_channels' }));
  });
});
