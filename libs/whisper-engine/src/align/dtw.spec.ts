import { describe, expect, it } from '@jest/globals';
import { firstColumns } from './dtw.js';

const starts = (...costs: number[][]): number[] => [
  ...firstColumns(Float32Array.from(costs.flat()), costs.length, costs[0]?.length ?? 0),
];

describe('firstColumns', () => {
  it('follows the cheap cells of a diagonal', () => {
    expect(starts([0, 9, 9], [9, 0, 9], [9, 9, 0])).toEqual([0, 1, 2]);
  });

  it('stays in a row as long as that is cheap', () => {
    expect(starts([0, 0, 0, 9, 9, 9], [9, 9, 9, 0, 9, 9], [9, 9, 9, 9, 0, 0])).toEqual([0, 3, 4]);
  });

  it('lets a row without a place of its own share a column', () => {
    expect(starts([0, 9], [0, 9], [9, 0])).toEqual([0, 0, 1]);
  });

  it('begins at the first column even where that is dear', () => {
    expect(starts([9, 0, 0], [9, 9, 0])).toEqual([0, 2]);
  });

  it('finds the way of least cost, not the next best step: 0+2+2+0 is less than 0+1+9+0', () => {
    expect(starts([0, 1, 9], [2, 9, 9], [9, 2, 0])).toEqual([0, 0, 1]);
  });
});
