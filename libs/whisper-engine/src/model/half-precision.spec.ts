import { describe, expect, it } from '@jest/globals';
import { fromHalves, toHalves } from './half-precision.js';

const KNOWN: readonly (readonly [number, number])[] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [-(1 - 2 ** -10) * 2 ** -14, 0x83ff],
  [0.333251953125, 0x3555],
  [Infinity, 0x7c00],
  [-Infinity, 0xfc00],
];

describe('half precision', () => {
  it.each(KNOWN)('knows %d', (value, pattern) => {
    expect([...toHalves(Float32Array.of(value))]).toEqual([pattern]);
    expect(fromHalves(Uint16Array.of(pattern))[0]).toBe(value);
  });

  it('gives back all numbers that it can hold', () => {
    const patterns = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter((i) => (i & 0x7fff) <= 0x7c00);
    expect(toHalves(fromHalves(patterns))).toEqual(patterns);
  });

  it('rounds to the nearest, ties to even', () => {
    const step = 2 ** -10;
    const values = [1 + step / 2, 1 + 1.5 * step, 1 + 0.51 * step, 2 - step / 4, 2 ** -25, 65_519, 65_520];
    expect([...fromHalves(toHalves(Float32Array.from(values)))]).toEqual([
      1,
      1 + 2 * step,
      1 + step,
      2,
      0,
      65_504,
      Infinity,
    ]);
  });

  it('keeps what is not a number', () => {
    expect(fromHalves(toHalves(Float32Array.of(NaN)))[0]).toBeNaN();
  });
});
