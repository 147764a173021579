import { describe, expect, it } from '@jest/globals';
import { medianFilter } from './median-filter.js';

const filtered = (...values: number[]): number[] => [...medianFilter(Float32Array.from(values))];

describe('medianFilter', () => {
  it('removes a single peak and keeps a step', () => {
    expect(filtered(0, 0, 0, 0, 9, 0, 0, 0, 0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(filtered(0, 0, 0, 0, 0, 1, 1, 1, 1, 1)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('mirrors the ends: 4 3 2 [1 2 3 4] 3 2 1', () => {
    expect(filtered(1, 2, 3, 4)).toEqual([3, 3, 2, 2]);
  });

  it('takes the middle of seven values in the inside', () => {
    expect(filtered(5, 1, 4, 2, 3, 7, 6)[3]).toBe(4);
  });

  it('leaves rows alone that are too short for it', () => {
    expect(filtered(3, 1, 2)).toEqual([3, 1, 2]);
  });

  it('agrees with sorting each window', () => {
    const row = Float32Array.from({ length: 200 }, (_, i) => ((i * 37) % 101) % 13);
    const result = medianFilter(row);
    for (let at = 3; at < row.length - 3; at++) expect(result[at]).toBe(row.slice(at - 3, at + 4).sort()[3]);
  });
});
