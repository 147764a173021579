import { describe, expect, it } from '@jest/globals';
import { MedianFilter } from './median-filter.js';

function filtered(...values: number[]): number[] {
  const filter = new MedianFilter(values.length);
  filter.row.set(values);
  const result = new Float32Array(values.length + 1);
  filter.subtractFrom(result, 1);
  return [...result.subarray(1)].map((value) => 0 - value);
}

describe('MedianFilter', () => {
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

  it('serves row after row', () => {
    const filter = new MedianFilter(5);
    for (const value of [7, 2]) {
      const result = new Float32Array(5);
      filter.row.fill(value);
      filter.subtractFrom(result, 0);
      expect([...result]).toEqual([-value, -value, -value, -value, -value]);
    }
  });

  it('agrees with sorting each window', () => {
    const row = Array.from({ length: 200 }, (_, i) => ((i * 37) % 101) % 13);
    const result = filtered(...row);
    for (let at = 3; at < row.length - 3; at++)
      expect(result[at]).toBe(row.slice(at - 3, at + 4).sort((a, b) => a - b)[3]);
  });
});
