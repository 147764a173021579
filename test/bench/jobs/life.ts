import { markdownTable } from '../markdown.js';
import { rounds } from '../settings.js';
import { median } from '../measures/median.js';
import type { BenchRoom } from './bench-room.js';

const JOBS = 1000;
/** Requests that order at the same time, and workers that complete. */
const SENDERS = 4;
const WORKERS = 4;

/** Jobs that are ordered, claimed, reported on and completed at the same time, as quickly as that goes. */
export async function measureLife({
  room,
  addJob,
  execute,
}: BenchRoom): Promise<{ report: string; good: boolean }> {
  let completed = 0;
  room.queue.consume(async (claim) => {
    await room.claims.heartbeat(claim, { stage: 'transcribing', processedSeconds: 1, speed: 1 });
    if (await room.claims.complete(claim, 1, () => Promise.resolve())) completed += 1;
  }, WORKERS);
  const rates: number[] = [];
  let good = true;
  for (let round = 0; round <= rounds(); round += 1) {
    completed = 0;
    const begun = performance.now();
    await Promise.all(Array.from({ length: SENDERS }, () => send(JOBS / SENDERS, addJob)));
    while (completed < JOBS) await new Promise((resolve) => setTimeout(resolve, 5));
    // The first round warms up.
    if (round > 0) rates.push(JOBS / ((performance.now() - begun) / 1000));
    const rows = await execute(`select id from jobs where status = 'completed'`);
    good &&= rows.length === JOBS && completed === JOBS;
    await execute('delete from jobs');
  }
  await room.queue.stop();
  const row = [String(JOBS), median(rates).toFixed(0), Math.min(...rates).toFixed(0), good ? 'yes' : 'NO'];
  const header = ['jobs', 'a second (median)', 'slowest round', 'each exactly once'];
  return { report: markdownTable(header, [row]), good };
}

async function send(count: number, addJob: () => Promise<string>): Promise<void> {
  for (let i = 0; i < count; i += 1) await addJob();
}
