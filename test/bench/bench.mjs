/**
 * `npm run bench [-- compare | audio-set | diarization | hub | jobs | load | openai | scaling | uploads | web] [ARGUMENTS]`: builds what is stale and runs a benchmark. docs/benchmarks.md says what each
 * measures and which settings it takes.
 */
import { spawnSync } from 'node:child_process';
import { ensureBuilt } from '../../scripts/build.mjs';
import { ensureInstalled } from '../../scripts/install.mjs';
import { findNode } from '../../scripts/node-program.mjs';
import { giveUp, inRoot, SetupError } from '../../scripts/project.mjs';

const PROGRAMS = [
  'compare',
  'audio-set',
  'diarization',
  'hub',
  'jobs',
  'load',
  'openai',
  'scaling',
  'uploads',
  'web',
];

async function main() {
  const [name = 'compare', ...args] = process.argv.slice(2);
  if (!PROGRAMS.includes(name)) {
    throw new SetupError(`There is no benchmark "${name}"; there are: ${PROGRAMS.join(', ')}.`);
  }
  await ensureInstalled();
  await ensureBuilt();
  const loader = inRoot('test', 'support', 'run-sources.mjs');
  const program = inRoot('test', 'bench', `${name}.ts`);
  const { status } = spawnSync(findNode(), ['--import', loader, program, ...args], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

main().catch(giveUp);
