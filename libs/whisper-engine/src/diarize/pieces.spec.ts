import { describe, expect, it } from '@jest/globals';
import { cutPieces } from './pieces.js';

const track = (length: number, ...spans: [number, number][]): Uint8Array => {
  const active = new Uint8Array(length);
  for (const [start, end] of spans) active.fill(1, start, end);
  return active;
};

describe('cutPieces', () => {
  it('keeps what is said with short pauses together, and drops clicks', () => {
    const pieces = cutPieces([track(400, [10, 60], [70, 100], [200, 203])], 0, 400);
    expect(pieces.map(({ start, end }) => [start, end])).toEqual([[10, 100]]);
    expect(pieces[0]?.alone).toHaveLength(80);
  });

  it('cuts what is long into equal parts without a gap', () => {
    const pieces = cutPieces([track(800, [100, 500])], 0, 800);
    expect(pieces.map(({ start, end }) => [start, end])).toEqual([
      [100, 233],
      [233, 367],
      [367, 500],
    ]);
  });

  it('takes frames in which nobody else is heard, and all where these are too few', () => {
    const [first, second] = cutPieces([track(200, [0, 100]), track(200, [80, 100])], 0, 200);
    expect(first).toMatchObject({ track: 0, clear: true });
    expect(first?.alone).toHaveLength(80);
    expect(second).toMatchObject({ track: 1, clear: false });
    expect(second?.alone).toHaveLength(20);
  });

  it('keeps to the frames that it is to cut', () => {
    const pieces = cutPieces([track(800, [0, 800])], 200, 300);
    expect(pieces.map(({ start, end }) => [start, end])).toEqual([[200, 300]]);
  });
});
