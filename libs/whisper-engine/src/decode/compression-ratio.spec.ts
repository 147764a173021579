import { describe, expect, it } from '@jest/globals';
import { compressionRatio } from './compression-ratio.js';

describe('compressionRatio', () => {
  it('is low for plain text and above 2.4 for a text that repeats itself', () => {
    expect(
      compressionRatio('He had then leisure to consider how much there might be in his power.'),
    ).toBeLessThan(1.5);
    expect(compressionRatio('Thanks for watching. '.repeat(20))).toBeGreaterThan(2.4);
  });

  it('is 0 for no text', () => {
    expect(compressionRatio('')).toBe(0);
  });
});
