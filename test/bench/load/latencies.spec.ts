import { describe, expect, it } from '@jest/globals';
import { DueTimes, Latencies } from './latencies.js';

describe('the time since a request was due', () => {
  it('is that of the request where the one before was answered in its interval', () => {
    const times = new DueTimes(1000);
    expect([3, 1000, 4].map((ms) => times.answered(ms))).toEqual([3, 1000, 4]);
  });

  it('holds what it waited for the one before, until that is caught up', () => {
    const times = new DueTimes(1000);
    expect([2500, 10, 10, 10].map((ms) => times.answered(ms))).toEqual([2500, 1510, 520, 10]);
  });
});

it('tells the percentiles of what was recorded', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 100; ms += 1) latencies.record(ms);

  const { kind, requests, p50, p95, p99 } = latencies.figures('one job');
  expect([kind, requests]).toEqual(['one job', 100]);
  expect([p50, p95, p99].map(Math.round)).toEqual([50, 95, 99]);
});
