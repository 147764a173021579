import { describe, expect, it } from '@jest/globals';
import { argMax, draw, logSumExp, seededRandom, topIds } from './logits.js';

const logits = Float32Array.from([Math.log(1), Math.log(4), -Infinity, Math.log(3), Math.log(4)]);

describe('logits', () => {
  it('sum up without overflow', () => {
    expect(logSumExp(logits)).toBeCloseTo(Math.log(12), 6);
    expect(logSumExp(Float32Array.from([1000, 1000]))).toBeCloseTo(1000 + Math.log(2), 4);
    expect(logSumExp(Float32Array.from([-Infinity]))).toBe(-Infinity);
    expect(logSumExp(logits, 3, 5)).toBeCloseTo(Math.log(7), 6);
  });

  it('have a best, the first of equals, and an order', () => {
    expect(argMax(logits)).toBe(1);
    expect(topIds(logits, 3)).toEqual([1, 4, 3]);
    expect(topIds(logits, 9)).toEqual([1, 4, 3, 0, 2]);
  });

  it('are drawn as often as they are probable', () => {
    const random = seededRandom(7);
    const counts = new Map<number, number>();
    for (let i = 0; i < 12_000; i++) {
      const id = draw(logits, 1, random);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.get(2)).toBeUndefined();
    expect(counts.get(0)).toBeGreaterThan(800);
    expect(counts.get(0)).toBeLessThan(1200);
    expect(counts.get(3)).toBeGreaterThan(2700);
    expect(counts.get(3)).toBeLessThan(3300);
  });

  it('are drawn alike from the same seed, and rarely below the best at a low temperature', () => {
    const series = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => draw(logits, 1, random));
    };
    expect(series(1)).toEqual(series(1));
    expect(series(1)).not.toEqual(series(2));
    const random = seededRandom(3);
    expect(
      Array.from({ length: 200 }, () => draw(logits, 0.05, random)).every((id) => id === 1 || id === 4),
    ).toBe(true);
  });
});
