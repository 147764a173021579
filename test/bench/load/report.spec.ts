import { describe, expect, it } from '@jest/globals';
import type { PartFigures } from './parts.js';
import { LISTENERS, type LoadFigures } from './plan.js';
import { renderFigures, shortfalls } from './report.js';

const GOOD: LoadFigures = {
  kinds: [{ kind: 'one job', requests: 100, p50: 3, p95: 9, p99: 20 }],
  all: { kind: 'all', requests: 100, p50: 3, p95: 9, p99: 90 },
  errors: {},
  listeners: { open: LISTENERS, events: 10, cut: 0, missed: 0 },
  longJobsCompleted: 2,
  looks: 100,
  looksAtTwoJobs: 97,
};

function partThatHas(memory: (second: number) => number, judged = true): PartFigures {
  const samples = Array.from({ length: 50 }, (_, n) => ({ seconds: n, memory: memory(n), cpu: n / 2 }));
  return { part: 'API', judged, samples };
}

const FLAT = partThatHas(() => 200);
/** 200 MiB in the middle, and a MiB more each second. */
const GROWING = (second: number): number => 175 + second;

describe('a run under load', () => {
  it('is good without an error, with quick answers, whole streams and flat memory', () => {
    expect(shortfalls(GOOD, [FLAT])).toEqual([]);
  });

  it.each<[string, Partial<LoadFigures>, string]>([
    ['an error', { errors: { 'one job: 500': 2 } }, '2 × one job: 500'],
    [
      'slow answers about a job',
      { kinds: [{ kind: 'one job', requests: 100, p50: 3, p95: 9, p99: 51 }] },
      'p99 of one job is 51.0 ms, not at most 50',
    ],
    ['no answers about a job', { kinds: [] }, 'p99 of one job is NaN ms, not at most 50'],
    [
      'a listener that was kept out',
      { listeners: { ...GOOD.listeners, open: LISTENERS - 1 } },
      `${LISTENERS - 1} of ${LISTENERS} listeners were let in`,
    ],
    ['a stream that was cut', { listeners: { ...GOOD.listeners, cut: 1 } }, '1 streams were cut'],
    [
      'a listener that missed an event',
      { listeners: { ...GOOD.listeners, missed: 3 } },
      '3 listeners missed events',
    ],
    ['jobs that were not at work', { looksAtTwoJobs: 90 }, 'two jobs were at work at 90 of 100 looks only'],
  ])('is not good with %s', (_, change, shortfall) => {
    expect(shortfalls({ ...GOOD, ...change }, [FLAT])).toEqual([shortfall]);
  });

  it('is not good where the memory of the service grows; that of a database may', () => {
    expect(shortfalls(GOOD, [partThatHas(GROWING, false)])).toEqual([]);
    expect(shortfalls(GOOD, [partThatHas(GROWING)])).toEqual([
      'the memory of API grew by 10 % in the second half',
    ]);
  });

  it('tells how memory went and how many processors were used', () => {
    const lines = renderFigures(GOOD, [partThatHas(GROWING)], 50).split('\n');
    const cells = lines
      .find((line) => line.startsWith('| API'))
      ?.split('|')
      .map((cell) => cell.trim());

    expect(cells?.slice(1, -1)).toEqual(['API', '180 MiB', '200 MiB', '220 MiB', '60.00', '0.50']);
  });
});
