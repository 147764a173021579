import { describe, expect, it } from '@jest/globals';
import { beginsWithWords, countErrors, errorRate } from './error-rate.js';

describe('countErrors', () => {
  it('sees no difference in case, punctuation and the shape of apostrophes', () => {
    expect(countErrors("He said: don't stop!", 'he said “Don’t — stop”', 'en')).toEqual({
      unit: 'word',
      errors: 0,
      units: 4,
    });
  });

  it('counts a changed, a missing and an additional word as one error each', () => {
    expect(countErrors('the cat sat on the mat', 'the cat sat on a mat', 'en').errors).toBe(1);
    expect(countErrors('the cat sat on the mat', 'the cat on the mat', 'en').errors).toBe(1);
    expect(countErrors('the cat sat on the mat', 'so the cat sat on the mat', 'en').errors).toBe(1);
  });

  it('compares Japanese, Chinese, Korean and Hindi by characters, without regard to spaces', () => {
    expect(countErrors('こんにちは世界', 'こんにちは、 世間。', 'ja')).toEqual({
      unit: 'character',
      errors: 1,
      units: 7,
    });
    expect(countErrors('안녕 하세요', '안녕하세요', 'ko').errors).toBe(0);
    expect(countErrors('नमस्ते दुनिया', 'नमस्ते, दुनिया', 'hi').errors).toBe(0);
  });

  it('keeps letters with marks whole', () => {
    expect(countErrors('zażółć gęślą jaźń', 'zazolc gęślą jaźń', 'pl').errors).toBe(1);
  });

  it('calls every word of an empty answer missing', () => {
    expect(countErrors('one two three', '', 'en')).toEqual({ unit: 'word', errors: 3, units: 3 });
  });
});

describe('beginsWithWords', () => {
  it('asks for the beginning only, and for all of it', () => {
    expect(beginsWithWords('Unless, to be rather cold-hearted', 'unless to be rather cold')).toBe(true);
    expect(beginsWithWords('unless to', 'unless to be')).toBe(false);
    expect(beginsWithWords('under less to be', 'unless to be')).toBe(false);
  });
});

describe('errorRate', () => {
  it('weighs long texts more than short ones', () => {
    const counts = [countErrors('a', 'b', 'en'), countErrors('a b c d e f g h i', 'a b c d e f g h i', 'en')];

    expect(errorRate(counts)).toBeCloseTo(0.1);
  });

  it('is unknown without a reference', () => {
    expect(errorRate([countErrors('', 'something', 'en')])).toBeNull();
    expect(errorRate([])).toBeNull();
  });
});
