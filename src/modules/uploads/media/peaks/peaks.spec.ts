import { describe, expect, it } from '@jest/globals';
import { condense, PeakCollector } from './peaks.js';

const STRETCH = 800;

function collect(...blocks: readonly Float32Array[]): Int8Array {
  const collector = new PeakCollector();
  for (const block of blocks) collector.add(block);
  return collector.finish();
}

describe('peaks', () => {
  it('are the lowest and the highest sample of each twentieth of a second, across blocks', () => {
    const sound = new Float32Array(STRETCH * 2 + 10);
    sound[5] = 0.5;
    sound[STRETCH - 1] = -0.25;
    sound[STRETCH * 2 + 1] = 1;

    expect([...collect(sound.subarray(0, 700), sound.subarray(700))]).toEqual([-32, 64, 0, 0, 0, 127]);
  });

  it('of loud sources end at full scale', () => {
    expect([...collect(new Float32Array([1.5, -3]))]).toEqual([-127, 127]);
  });

  it('are condensed without losing the loudest', () => {
    const bytes = Int8Array.from([-127, 0, 0, 0, 0, 127, -64, 64, 0, 0]);

    expect(condense(bytes, 2)).toEqual([
      { min: -1, max: 0 },
      { min: -0.504, max: 1 },
    ]);
    expect(condense(bytes, 100)).toHaveLength(5);
    expect(condense(new Int8Array(), 10)).toEqual([]);
  });
});
