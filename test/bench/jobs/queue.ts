import { LOCAL_PRINCIPAL } from '../../../src/modules/auth/access/local-user.view.js';
import { FIRST_PAGE } from '../../support/jobs-room.js';
import { markdownTable } from '../markdown.js';
import type { BenchRoom } from './bench-room.js';

const WAITING = 10_000;
const SAMPLES = 300;

/** How long single steps take while many jobs wait. */
export async function measureQueue({ jobs }: BenchRoom): Promise<string> {
  const { room } = jobs;
  for (let i = 0; i < WAITING; i += 1) await jobs.addJob();
  await jobs.execute('analyze jobs');
  const steps: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
    'claim the next job': () => room.claims.claimNext(),
    'page of the list, newest': () => room.lists.list(LOCAL_PRINCIPAL, { ...FIRST_PAGE, limit: 100 }),
    'page of the list, in the middle': () =>
      room.lists.list(LOCAL_PRINCIPAL, { ...FIRST_PAGE, skip: WAITING / 2, limit: 100 }),
    'order one more': () => jobs.addJob(),
  };
  const rows: string[][] = [];
  for (const [name, step] of Object.entries(steps)) {
    const times: number[] = [];
    for (let n = 0; n < SAMPLES; n += 1) {
      const begun = performance.now();
      await step(n);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    rows.push([name, at(times, 0.5), at(times, 0.99)]);
  }
  return `${WAITING} jobs wait\n\n${markdownTable(['step', 'median, ms', 'p99, ms'], rows)}`;
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.floor(part * (sorted.length - 1))] ?? NaN).toFixed(1);
}
