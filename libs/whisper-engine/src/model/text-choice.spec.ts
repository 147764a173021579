import { describe, expect, it } from '@jest/globals';
import { chooseText } from './text-choice.js';

const NONE = new Float32Array(5);

describe('chooseText', () => {
  it('takes the best token below the timestamps, with its log-probability among them', () => {
    const { token, logprob } = chooseText(Float32Array.of(1, 3, 2, 9, 9), NONE, 3);
    expect(token).toBe(1);
    expect(logprob).toBeCloseTo(-Math.log(1 + Math.exp(-1) + Math.exp(-2)), 12);
  });

  it('goes by the logits with the bias added', () => {
    const bias = Float32Array.of(0, -1e9, 0, 0, 0);
    const { token, logprob } = chooseText(Float32Array.of(1, 3, 2, 9, 9), bias, 3);
    expect(token).toBe(2);
    expect(logprob).toBeCloseTo(-Math.log(1 + Math.exp(-1)), 12);
  });

  it('takes the first of equals', () => {
    expect(chooseText(Float32Array.of(0, 2, 2, 2, 2), NONE, 4).token).toBe(1);
  });

  it('can read a row out of a batch', () => {
    const rows = Float32Array.of(9, 0, 0, 0, 0, 0, 9, 0, 0, 0);
    expect(chooseText(rows.subarray(5), NONE, 3).token).toBe(1);
  });
});
