import { describe, expect, it } from '@jest/globals';
import { alignmentHeads } from './alignment-heads.js';

describe('alignmentHeads', () => {
  it('are those that the model names, by layer', () => {
    const heads = alignmentHeads(
      {
        alignment_heads: [
          [5, 6],
          [3, 1],
          [5, 2],
        ],
      },
      6,
      8,
    );
    expect([...heads]).toEqual([
      [3, [1]],
      [5, [2, 6]],
    ]);
  });

  it.each([
    ['absent', {}],
    ['null', { alignment_heads: null }],
    ['of another model', { alignment_heads: [[9, 9]] }],
    ['nonsense', { alignment_heads: [['a', 'b'], [1], 3] }],
  ])('are all of the upper half of the layers where the list is %s', (_, generation) => {
    expect([...alignmentHeads(generation, 3, 2)]).toEqual([
      [1, [0, 1]],
      [2, [0, 1]],
    ]);
  });
});
