import { describe, expect, it } from '@jest/globals';
import { highestOf, stackBars } from './chart-bars.js';

describe('stackBars', () => {
  it('puts the series of a bucket on each other, the first one at the bottom', () => {
    const bars = stackBars([[2, 1]], 4);
    expect(bars).toEqual([
      { x: 0.125, y: 0.5, width: 0.75, height: 0.5, series: 0 },
      { x: 0.125, y: 0.25, width: 0.75, height: 0.25, series: 1 },
    ]);
  });

  it('draws nothing where there is nothing, and leaves its place free', () => {
    expect(stackBars([[0], [null], [4]], 4)).toEqual([{ x: 2.125, y: 0, width: 0.75, height: 1, series: 0 }]);
  });
});

describe('highestOf', () => {
  it('is the sum of the fullest bucket', () => {
    expect(
      highestOf([
        [1, 2],
        [4, null],
        [0, 0],
      ]),
    ).toBe(4);
  });

  it.each([[[]], [[[0, null]]]])('is one where there is nothing to draw: %j', (rows) => {
    expect(highestOf(rows)).toBe(1);
  });
});
