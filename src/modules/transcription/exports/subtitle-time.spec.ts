import { describe, expect, it } from '@jest/globals';
import { formatSubtitleTime } from './subtitle-time.js';

describe('formatSubtitleTime', () => {
  it.each([
    [0, '00:00:00.000'],
    [59.9996, '00:01:00.000'],
    [3599.9999, '01:00:00.000'],
    [360_000.001, '100:00:00.001'],
    [-0.2, '00:00:00.000'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatSubtitleTime(seconds, '.')).toBe(text);
  });
});
