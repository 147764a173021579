import { describe, expect, it } from '@jest/globals';
import { keyedHash, keyedHashes } from './keyed-hash.js';

describe('a keyed hash', () => {
  it('is written under the first key, and found under each', () => {
    const [first, second] = keyedHashes(['new', 'old'], 'text');

    expect(keyedHash(['new', 'old'], 'text')).toBe(first);
    expect(keyedHash(['old'], 'text')).toBe(second);
    expect(first).not.toBe(second);
  });

  it('is none without a key', () => {
    expect(() => keyedHash([], 'text')).toThrow('SECRET_KEY');
  });
});
