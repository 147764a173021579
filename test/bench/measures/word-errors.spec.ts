import { describe, expect, it } from '@jest/globals';
import { startErrors } from './word-errors.js';

const words = (...parts: [string, number][]): { text: string; start: number }[] =>
  parts.map(([text, start]) => ({ text, start }));

describe('startErrors', () => {
  it('compares the words that both have, whatever their case and punctuation', () => {
    const truth = words(['the', 0], ['cat', 1], ['sat', 2], ['down', 3]);
    const found = words(['The', 0.25], ['bat', 1], ['sat,', 1.5], ['right', 2.5], ['down.', 3]);
    expect(startErrors(truth, found)).toEqual([0.25, -0.5, 0]);
  });

  it('has nothing to compare without a common word', () => {
    expect(startErrors(words(['a', 0]), words(['b', 0]))).toEqual([]);
  });
});
