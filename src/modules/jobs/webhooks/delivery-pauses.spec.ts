import { describe, expect, it } from '@jest/globals';
import { DELIVERY_PAUSES_SECONDS, pauseAfter } from './delivery-pauses.js';

const DAY_SECONDS = 24 * 3600;

describe('the pauses between attempts', () => {
  it('are a day in all, and begin short', () => {
    const total = DELIVERY_PAUSES_SECONDS.reduce((sum, seconds) => sum + seconds, 0);

    expect(total).toBeGreaterThan(DAY_SECONDS * 0.9);
    expect(total).toBeLessThanOrEqual(DAY_SECONDS);
    expect(DELIVERY_PAUSES_SECONDS[0]).toBe(5);
  });

  it.each(DELIVERY_PAUSES_SECONDS.map((seconds, index) => [index + 1, seconds]))(
    'after attempt %d are about %d seconds, each time others',
    (attempts, seconds) => {
      const pauses = Array.from({ length: 20 }, () => pauseAfter(attempts) ?? 0);

      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(seconds * 0.75);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(seconds * 1.25);
      expect(new Set(pauses).size).toBeGreaterThan(1);
    },
  );

  it('end after the last one', () => {
    expect(pauseAfter(DELIVERY_PAUSES_SECONDS.length + 1)).toBeNull();
  });
});
