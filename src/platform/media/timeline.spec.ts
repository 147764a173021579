import { describe, expect, it } from '@jest/globals';
import { Timeline } from './timeline.js';

/** One second frames at the given starts; what silence each one got before it. */
const silences = (timeline: Timeline, starts: (number | null)[]): number[] =>
  starts.map((start) => timeline.advance(start, 1));

describe('Timeline', () => {
  it('adds nothing to frames that follow each other', () => {
    expect(silences(new Timeline(0), [0, 1, 2])).toEqual([0, 0, 0]);
  });

  it('fills the time before sound that starts after the picture', () => {
    expect(silences(new Timeline(10), [10.5, 11.5])).toEqual([0.5, 0]);
  });

  it('fills a gap once', () => {
    expect(silences(new Timeline(0), [0, 4, 5])).toEqual([0, 3, 0]);
  });

  it('takes the first frame as the beginning where the file names none', () => {
    expect(silences(new Timeline(null), [7, 8])).toEqual([0, 0]);
  });

  it('ignores rounding, frames without a time and small steps back', () => {
    expect(silences(new Timeline(0), [0.02, null, 2.1, 2.9])).toEqual([0, 0, 0, 0]);
  });

  it('does not believe a clock that jumps far ahead or back, but goes on from there', () => {
    expect(silences(new Timeline(0), [0, 1_000_000, 1_000_001, 1_000_004])).toEqual([0, 0, 0, 2]);
    expect(silences(new Timeline(100), [100, 3, 4, 6])).toEqual([0, 0, 0, 1]);
  });

  it('never adds more than four hours of silence to one file', () => {
    const timeline = new Timeline(0);
    const starts = Array.from({ length: 1000 }, (_, index) => index * 1800);
    const total = silences(timeline, starts).reduce((sum, silence) => sum + silence, 0);
    expect(total).toBeLessThanOrEqual(4 * 3600);
  });
});
