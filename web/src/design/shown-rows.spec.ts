import { describe, expect, it } from '@jest/globals';
import { withRow } from './shown-rows';

describe('withRow', () => {
  it('has one more row before, among or after those that are shown', () => {
    expect(withRow(1, 4, 7)).toEqual([1, 4, 5, 6]);
    expect(withRow(5, 4, 7)).toEqual([4, 5, 6]);
    expect(withRow(9, 4, 7)).toEqual([4, 5, 6, 9]);
  });

  it('has those only where there is none', () => {
    expect(withRow(-1, 4, 7)).toEqual([4, 5, 6]);
    expect(withRow(-1, 0, 0)).toEqual([]);
  });
});
