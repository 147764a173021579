import { describe, expect, it } from '@jest/globals';
import { Downmix } from './downmix.js';

const tone = (amplitude: number, length = 1600): Float32Array =>
  Float32Array.from({ length }, (_, i) => amplitude * Math.sin(i / 7));
const peak = (samples: Float32Array): number => samples.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
const scaled = (samples: Float32Array, factor: number): Float32Array => samples.map((x) => x * factor);

describe('Downmix', () => {
  it('passes one channel through', () => {
    const mono = tone(0.5);
    expect(new Downmix().mix([mono])).toEqual(mono);
  });

  it('takes the mean of two channels', () => {
    expect(peak(new Downmix().mix([tone(0.5), tone(0.3)]))).toBeCloseTo(0.4, 2);
  });

  it('keeps a voice that is on one of two or of six channels', () => {
    const silence = new Float32Array(1600);
    expect(peak(new Downmix().mix([tone(0.6), silence]))).toBeCloseTo(0.3, 2);
    expect(peak(new Downmix().mix([silence, silence, tone(0.6), silence, silence, silence]))).toBeCloseTo(
      0.1,
      2,
    );
  });

  it('takes the louder channel alone when the channels cancel out', () => {
    const left = tone(0.5);
    const right = scaled(left, -0.9);
    expect(new Downmix().mix([left, right])).toEqual(left);
    expect(new Downmix().mix([right, left])).toEqual(left);
  });

  it('stays with its choice over silence and in doubtful blocks, and goes back when the mean is good again', () => {
    const downmix = new Downmix();
    const left = tone(0.5);
    downmix.mix([left, scaled(left, -1)]);
    downmix.mix([new Float32Array(1600), new Float32Array(1600)]);
    // A share of 0.4: between the two limits.
    expect(downmix.mix([left, scaled(left, -0.382)])).toEqual(left);
    expect(peak(downmix.mix([left, left]))).toBeCloseTo(0.5, 2);
    expect(peak(downmix.mix([left, scaled(left, -0.382)]))).toBeLessThan(0.2);
  });

  it('counts values that are no numbers as silence', () => {
    const mono = Float32Array.of(0.25, Number.NaN, Number.POSITIVE_INFINITY, -0.25);
    expect(new Downmix().mix([mono])).toEqual(Float32Array.of(0.25, 0, 0, -0.25));
  });

  it('gives an empty block for no channels', () => {
    expect(new Downmix().mix([])).toHaveLength(0);
  });
});
