import { describe, expect, it } from '@jest/globals';
import { pauseAfterLoss, pauseAfterOutage } from './retry.policy.js';

describe('the pause before a job is tried again', () => {
  it('doubles with each loss, until there were enough', () => {
    expect([1, 2, 3].map((losses) => pauseAfterLoss(losses, 3))).toEqual([2, 4, null]);
  });

  it('is never longer than five minutes', () => {
    expect(pauseAfterLoss(20, 100)).toBe(300);
  });

  it('adds up to more than an hour for what is away, and then ends', () => {
    const pauses = Array.from({ length: 25 }, (_, n) => pauseAfterOutage(n + 1));

    expect(pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0)).toBeGreaterThan(3600);
    expect(pauses.at(-1)).toBeNull();
  });
});
