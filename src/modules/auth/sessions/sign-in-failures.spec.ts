import { describe, expect, it } from '@jest/globals';
import { leftOutBefore } from './sign-in-failures.js';

describe('failures of sign-ins', () => {
  const counts = Array.from({ length: 1280 }, (_, i) => i + 1);
  const told = counts.filter((count) => leftOutBefore(count) !== null);

  it('are told one by one as long as they are few, and then each time that they have doubled', () => {
    expect(told).toEqual([...counts.slice(0, 20), 40, 80, 160, 320, 640, 1280]);
  });

  it('are all counted by those that are told', () => {
    const leftOut = told.map((count) => leftOutBefore(count) ?? 0).reduce((sum, count) => sum + count);

    expect(told.length + leftOut).toBe(counts.length);
  });
});
