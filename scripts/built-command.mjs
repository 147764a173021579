import { become } from './become.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot } from './project.mjs';

/** Becomes a command of src/cli with the arguments of this process, after installing and building what is missing. */
export function runBuiltCommand(name) {
  run(name).catch(giveUp);
}

async function run(name) {
  await ensureInstalled();
  const node = findNode();
  await ensureBuilt();
  become(node, [inRoot('dist', 'cli', `${name}.cli.js`), ...process.argv.slice(2)]);
}
