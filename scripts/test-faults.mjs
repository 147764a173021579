/**
 * `npm run test:faults -- [--rounds N] [--jobs N] [--seed N]`: the storms of test/e2e alone, as long as asked. The seed of a storm is in its
 * name; given again, the same disasters come in the same order.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot, SetupError } from './project.mjs';

const OPTIONS = { rounds: { type: 'string' }, jobs: { type: 'string' }, seed: { type: 'string' } };

function main() {
  const { values } = parseOptions();
  const seed = values.seed ?? String(1 + Math.floor(Math.random() * 1_000_000));
  const env = { ...process.env, STORM_ROUNDS: values.rounds ?? '50', STORM_SEED: seed };
  if (values.jobs !== undefined) env.STORM_JOBS = values.jobs;
  const args = [inRoot('scripts', 'test.mjs'), 'long', '--testPathPatterns', 'e2e/storm-'];
  process.exitCode = spawnSync(findNode(), args, { stdio: 'inherit', env }).status ?? 1;
}

function parseOptions() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    throw new SetupError(error.message);
  }
}

try {
  main();
} catch (error) {
  giveUp(error);
}
