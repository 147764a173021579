import { become } from './become.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot } from './project.mjs';

async function main() {
  await ensureInstalled();
  const node = findNode();
  await ensureBuilt();
  const args = process.argv.slice(2);
  const program = args.includes('--worker') ? 'main.worker.js' : 'main.js';
  become(node, [inRoot('dist', program), ...args.filter((arg) => arg !== '--worker')]);
}

main().catch(giveUp);
