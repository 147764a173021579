/** Makes the load, in a process of its own: told by its parent what to do, it tells what came of it. */
import { once } from 'node:events';
import { Listeners } from './listeners.js';
import { LongJobs } from './long-jobs.js';
import type { LoadFigures, LoadPlan } from './plan.js';
import { Traffic } from './traffic.js';

/** For what was told last to reach all listeners. */
const LAST_EVENTS_MS = 5000;

const [plan] = (await once(process, 'message')) as [LoadPlan];
process.send?.(await makeLoad(plan), () => {
  process.disconnect();
});

async function makeLoad(plan: LoadPlan): Promise<LoadFigures> {
  const errors = new Map<string, number>();
  const failed = (what: string): void => void errors.set(what, (errors.get(what) ?? 0) + 1);
  const longJobs = new LongJobs(plan, failed);
  const longJobOf = (user: number): string => longJobs.of(user);
  const listeners = new Listeners(plan, longJobOf, failed);
  const traffic = new Traffic(plan, longJobOf, failed);
  await longJobs.start();
  await listeners.start();
  process.send?.('begun');
  await traffic.run();
  await longJobs.stop();
  await new Promise((resolve) => setTimeout(resolve, LAST_EVENTS_MS));
  await listeners.stop();
  const { completed: longJobsCompleted, looks, looksAtTwo: looksAtTwoJobs } = longJobs;
  return {
    ...traffic.figures(),
    errors: Object.fromEntries(errors),
    listeners: listeners.figures(),
    longJobsCompleted,
    looks,
    looksAtTwoJobs,
  };
}
