import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot } from './project.mjs';

async function main() {
  await ensureInstalled();
  const node = findNode();
  await ensureBuilt();
  become(node, [inRoot('dist', 'main.js'), ...process.argv.slice(2)]);
}

/** Turns this process into the service where Node can do that: then signals and the exit code need nobody in between. */
function become(node, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...args], process.env);
  }
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Ctrl-C reaches the service by itself, as it goes to everything in the terminal.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('error', giveUp);
  child.once('exit', (code, signal) =>
    process.exit(signal === null ? code : 128 + constants.signals[signal]),
  );
}

main().catch(giveUp);
