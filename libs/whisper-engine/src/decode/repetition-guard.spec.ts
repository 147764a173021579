import { describe, expect, it } from '@jest/globals';
import { findLoop, LONG_LOOP } from './repetition-guard.js';

const repeat = (phrase: number[], times: number): number[] =>
  Array.from({ length: times }, () => phrase).flat();

describe('findLoop', () => {
  it('lets plain text and short repeats pass', () => {
    expect(findLoop([])).toBeNull();
    expect(findLoop([1, 2, 3, 4, 5, 6, 7, 8])).toBeNull();
    expect(findLoop([1, 7, 7, 7, 7])).toBeNull();
    expect(findLoop(repeat([1, 2, 3, 4, 5], 2))).toBeNull();
  });

  it('finds one token over and over and keeps it once', () => {
    expect(findLoop([1, 2, ...repeat([9], 11)])).toBeNull();
    expect(findLoop([1, 2, ...repeat([9], 12)])).toBe(3);
  });

  it('finds a phrase that comes three times in a row and keeps it once', () => {
    expect(findLoop([8, 9, ...repeat([1, 2, 3, 4], 3)])).toBe(6);
    expect(findLoop([8, ...repeat([1, 2, 3], 4)])).toBe(4);
  });

  it('finds the longest phrase of 40 tokens', () => {
    const phrase = Array.from({ length: 40 }, (_, i) => i);
    expect(findLoop(repeat(phrase, 3))).toBe(40);
  });

  it('can be told to wait for more than anybody repeats', () => {
    expect(findLoop(repeat([1, 2, 3, 4, 5, 6], 7), LONG_LOOP)).toBeNull();
    expect(findLoop(repeat([1, 2, 3, 4, 5, 6], 8), LONG_LOOP)).toBe(6);
    expect(findLoop(repeat([1, 2], 15), LONG_LOOP)).toBeNull();
    expect(findLoop(repeat([1, 2], 16), LONG_LOOP)).toBe(2);
  });

  it('finds a loop in the middle of a phrase', () => {
    const text = [5, 6, ...repeat([1, 2, 3, 4], 3), 1, 2];
    expect(findLoop(text)).toBe(6);
  });

  it('only looks at the end of the text', () => {
    expect(findLoop([...repeat([9], 12), 1])).toBeNull();
  });
});
