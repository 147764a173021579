import { describe, expect, it } from '@jest/globals';
import { readTimestamps } from './timestamped-text.js';

const FIRST = 100;
const at = (seconds: number): number => FIRST + Math.round(seconds / 0.02);

describe('readTimestamps', () => {
  it('cuts text at pairs of timestamps and leaves what comes behind the last pair to the next window', () => {
    const tokens = [at(0), 1, 2, at(2), at(2.4), 3, at(5), at(5), 4, 5];
    expect(readTimestamps(tokens, FIRST, 30)).toEqual({
      parts: [
        { start: 0, end: 2, from: 0, to: 2 },
        { start: 2.4, end: 5, from: 2, to: 3 },
      ],
      tokens: [1, 2, 3],
      indices: [1, 2, 5],
      advance: 5,
    });
  });

  it('takes a text that ends with a single timestamp for the whole of the window', () => {
    const { parts, advance } = readTimestamps([at(0.5), 1, at(2), at(2), 2, at(6)], FIRST, 12);
    expect(parts.map(({ start, end }) => [start, end])).toEqual([
      [0.5, 2],
      [2, 6],
    ]);
    expect(advance).toBe(12);
  });

  it('knows the end of a text without a pair by its last timestamp, else by the window', () => {
    expect(readTimestamps([at(1), 1, 2, at(4)], FIRST, 12).parts).toEqual([
      { start: 1, end: 4, from: 0, to: 2 },
    ]);
    expect(readTimestamps([1, 2], FIRST, 12)).toMatchObject({
      parts: [{ start: 0, end: 12, from: 0, to: 2 }],
      advance: 12,
    });
  });

  it('always goes on, even where the last pair says 0', () => {
    expect(readTimestamps([at(0), 1, at(0), at(0), 2], FIRST, 9).advance).toBe(9);
  });

  it('finds no text in a window without tokens', () => {
    expect(readTimestamps([], FIRST, 9)).toMatchObject({ tokens: [], advance: 9 });
  });
});
