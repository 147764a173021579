import { describe, expect, it } from '@jest/globals';
import type { Piece } from './time-map.js';
import { splitWindow } from './window-split.js';

const SECOND = 16_000;

/** Pieces of these lengths in seconds, a minute apart. */
function piecesOf(...lengths: number[]): Piece[] {
  let at = 0;
  return lengths.map((seconds, index) => {
    const inFile = index * 60 * SECOND;
    const length = seconds * SECOND;
    at += length;
    return { inWindow: at - length, inFile, length, speechStart: inFile, speechEnd: inFile + length };
  });
}

const loud = (seconds: number): Float32Array => new Float32Array(seconds * SECOND).fill(0.5);

describe('splitWindow', () => {
  it('cuts at the joint that is nearest to the middle', () => {
    const halves = splitWindow({ pieces: piecesOf(4, 5, 6, 5), samples: loud(20) });
    expect(halves?.map(({ samples }) => samples.length / SECOND)).toEqual([9, 11]);
    expect(halves?.[0].pieces).toMatchObject([{ inWindow: 0 }, { inWindow: 4 * SECOND }]);
    expect(halves?.[1].pieces).toMatchObject([
      { inWindow: 0, inFile: 120 * SECOND, length: 6 * SECOND },
      { inWindow: 6 * SECOND, inFile: 180 * SECOND, length: 5 * SECOND },
    ]);
  });

  it('cuts a piece where it is quietest when no joint is near the middle', () => {
    const samples = loud(20).fill(0, 12 * SECOND, 12.1 * SECOND);
    const halves = splitWindow({ pieces: piecesOf(2, 18), samples });
    expect((halves?.[0].samples.length ?? 0) / SECOND).toBeCloseTo(12.05, 9);
    expect(halves?.[0].pieces).toHaveLength(2);
    expect(halves?.[1].pieces).toMatchObject([
      { inWindow: 0, inFile: 70.05 * SECOND, length: 7.95 * SECOND },
    ]);
  });

  it('loses no sample', () => {
    const window = { pieces: piecesOf(11), samples: loud(11).map((_, i) => i) };
    const [first, second] = splitWindow(window) ?? [];
    expect([...(first?.samples.slice(-1) ?? [])].map((value) => value + 1)).toEqual([
      ...(second?.samples.slice(0, 1) ?? []),
    ]);
    expect((first?.samples.length ?? 0) + (second?.samples.length ?? 0)).toBe(11 * SECOND);
  });

  it('leaves a short window whole', () => {
    expect(splitWindow({ pieces: piecesOf(2, 3), samples: loud(5) })).toBeNull();
  });
});
