/**
 * Puts the built service under a steady load of mixed requests while jobs are at work and many listen to streams, and ends with 1 when
 * an error comes, answers are late, a listener misses something or memory grows.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { loadavg } from 'node:os';
import { PartsWatch, type PartFigures } from './load/parts.js';
import type { LoadFigures, LoadPlan } from './load/plan.js';
import { renderFigures, shortfalls } from './load/report.js';
import { withRoom, type LoadRoom } from './load/room.js';
import { makeUsers } from './load/users.js';
import { machine } from './markdown.js';
import { loadQueue, loadSeconds, runProgram } from './settings.js';

const GENERATOR = path.join(import.meta.dirname, 'load', 'generator.ts');

await runProgram(async () => {
  const [queue, seconds] = [loadQueue(), loadSeconds()];
  process.stdout.write(
    `Load, ${queue}, ${machine()}, load average before ${(loadavg()[0] ?? 0).toFixed(1)}.\n`,
  );
  const { figures, parts } = await withRoom(queue, async (room) => {
    const plan: LoadPlan = { url: room.url, seconds, users: await makeUsers(room.url) };
    return run(room, plan);
  });
  process.stdout.write(`\n${renderFigures(figures, parts, seconds)}\n`);
  const missing = shortfalls(figures, parts);
  process.stdout.write(
    missing.length === 0 ? '\nAll goals are met.\n' : `\nNot met:\n${missing.join('\n')}\n`,
  );
  return missing.length === 0 ? 0 : 1;
});

async function run(room: LoadRoom, plan: LoadPlan): Promise<{ figures: LoadFigures; parts: PartFigures[] }> {
  const generator = fork(GENERATOR, { execArgv: process.execArgv });
  const died = once(generator, 'exit').then(([code]) => {
    throw new Error(`The process that makes the load ended with ${String(code)}`);
  });
  const told = async <T>(): Promise<T> =>
    ((await Promise.race([once(generator, 'message'), died])) as [T])[0];
  try {
    generator.send(plan);
    await told<'begun'>();
    const watch = new PartsWatch(room);
    const figures = await told<LoadFigures>();
    died.catch(() => undefined);
    return { figures, parts: watch.stop() };
  } finally {
    died.catch(() => undefined);
    generator.kill();
  }
}
