import { cpuSeconds } from '../measures/process-tree.js';
import { median } from '../measures/median.js';
import { rounds } from '../settings.js';
import type { BenchRoom } from './bench-room.js';

const JOBS = 1000;
/** Requests that order at the same time. */
const SENDERS = 8;
const LOOK_PAUSE_MS = 10;

export const LIFE_HEADER = [
  'queue',
  'jobs',
  'a second (median)',
  'slowest round',
  'a CPU second',
  'each exactly once',
];

export interface Life {
  readonly row: readonly string[];
  readonly good: boolean;
}

/** Jobs that are ordered, claimed, reported on and completed at the same time, as quickly as that goes, by workers that run already. */
export async function measureLife(queue: string, bench: BenchRoom): Promise<Life> {
  const rates: number[] = [];
  const cpuRates: number[] = [];
  let good = true;
  for (let round = 0; round <= rounds(); round += 1) {
    const begun = performance.now();
    const cpuBefore = cpuSeconds(process.pid);
    await Promise.all(Array.from({ length: SENDERS }, () => send(JOBS / SENDERS, bench)));
    while ((await countCompleted(bench)) < JOBS)
      await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE_MS));
    // The first round warms up.
    if (round > 0) {
      rates.push(JOBS / ((performance.now() - begun) / 1000));
      cpuRates.push(JOBS / (cpuSeconds(process.pid) - cpuBefore));
    }
    good &&= await eachExactlyOnce(bench);
    await bench.jobs.execute('delete from jobs');
  }
  const figures = [median(rates), Math.min(...rates), median(cpuRates)].map((rate) => rate.toFixed(0));
  return { row: [queue, String(JOBS), ...figures, good ? 'yes' : 'NO'], good };
}

async function send(count: number, { jobs }: BenchRoom): Promise<void> {
  for (let i = 0; i < count; i += 1) await jobs.addJob(undefined, { durationSeconds: 1 });
}

async function countCompleted({ jobs }: BenchRoom): Promise<number> {
  const [row] = await jobs.execute<{ count: string }[]>(
    `select count(*) from jobs where status = 'completed'`,
  );
  return Number(row?.count);
}

/** By the history, which every change of a job is written into. */
async function eachExactlyOnce({ jobs }: BenchRoom): Promise<boolean> {
  const rows = await jobs.execute<{ changes: string[] }[]>(
    `select array_agg(to_status order by id) as changes from job_events group by job_id`,
  );
  return (
    rows.length === JOBS && rows.every(({ changes }) => changes.join() === 'queued,processing,completed')
  );
}
