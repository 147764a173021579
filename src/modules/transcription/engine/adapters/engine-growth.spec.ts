import { describe, expect, it } from '@jest/globals';
import { EngineGrowth } from './engine-growth.js';

describe('the growth of an engine', () => {
  it('is what it has more than after its first recording', () => {
    const growth = new EngineGrowth(100);

    expect([500, 600, 601].map((bytes) => growth.isTooMuch(bytes))).toEqual([false, false, true]);
  });

  it('is never too much without a limit, nor where the system does not tell', () => {
    const unlimited = new EngineGrowth(0);
    const untold = new EngineGrowth(100);

    expect([500, 5000].map((bytes) => unlimited.isTooMuch(bytes))).toEqual([false, false]);
    expect([0, 0].map((bytes) => untold.isTooMuch(bytes))).toEqual([false, false]);
  });
});
