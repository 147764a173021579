import { describe, expect, it } from '@jest/globals';
import { EnergySpans } from './energy-spans.js';

const SECOND = 16_000;
const LONGEST = 10 * SECOND;

/** Loud everywhere but for 0.2 s at each of the given seconds. */
function sound(seconds: number, ...quiet: number[]): Float32Array {
  const samples = new Float32Array(seconds * SECOND).fill(0.5);
  for (const at of quiet) samples.fill(0.01, at * SECOND, (at + 0.2) * SECOND);
  return samples;
}

async function spansOf(samples: Float32Array, block: number): Promise<[number, number][]> {
  const finder = new EnergySpans(LONGEST);
  const spans = [];
  for (let at = 0; at < samples.length; at += block) {
    spans.push(...(await finder.find(samples.subarray(at, at + block))));
  }
  spans.push(...finder.finish());
  return spans.map(({ start, end }) => [start / SECOND, end / SECOND]);
}

describe('EnergySpans', () => {
  it('covers all of the sound without a gap, cut where it is quietest', async () => {
    const spans = await spansOf(sound(25, 5, 8, 16.5), SECOND);
    expect(spans).toEqual([
      [0, expect.closeTo(8.1, 1)],
      [expect.closeTo(8.1, 1), expect.closeTo(16.6, 1)],
      [expect.closeTo(16.6, 1), 25],
    ]);
  });

  it('never exceeds the longest span, and does not depend on the sizes of the blocks', async () => {
    const samples = sound(33.3, 9.5);
    const whole = await spansOf(samples, samples.length);
    expect(await spansOf(samples, 777)).toEqual(whole);
    for (const [start, end] of whole) expect(end - start).toBeLessThanOrEqual(10);
  });

  it('leaves digital silence out', async () => {
    const samples = new Float32Array(40 * SECOND);
    samples.fill(0.5, 25 * SECOND, 28 * SECOND);
    const spans = await spansOf(samples, SECOND);
    expect(spans.length).toBeGreaterThan(0);
    expect(spans.some(([start, end]) => start <= 25 && end >= 26)).toBe(true);
    expect(spans.every(([start, end]) => end > 25 && start < 28)).toBe(true);
  });

  it('gives nothing for nothing', async () => {
    expect(await spansOf(new Float32Array(0), SECOND)).toEqual([]);
  });
});
