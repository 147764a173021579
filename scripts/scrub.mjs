import { become } from './become.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot } from './project.mjs';

async function main() {
  await ensureInstalled();
  const node = findNode();
  await ensureBuilt();
  become(node, [inRoot('dist', 'cli', 'scrub.cli.js'), ...process.argv.slice(2)]);
}

main().catch(giveUp);
