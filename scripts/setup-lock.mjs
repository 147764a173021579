import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { inRoot, SetupError } from './project.mjs';
import { stopTools } from './run-tool.mjs';

const FILE = inRoot('.setup.lock');
const POLL_MS = 300;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs the work while no other process installs or builds in this folder; waits for one that does. */
export async function whileAlone(work) {
  await take();
  let stopping = false;
  // The lock is kept until npm or the build is really gone: the next one would work in the same files.
  const stop = async (signal) => {
    if (stopping) return;
    stopping = true;
    await stopTools();
    remove();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    if (!stopping) remove();
  }
}

async function take() {
  let told = false;
  for (;;) {
    if (create()) {
      // Two that clear away the same dead lock may both get here; the file then names the one that has it.
      if (told) await pause(POLL_MS);
      if (readOwner() === process.pid) return;
    }
    const owner = readOwner();
    if (owner === null) continue;
    if (!isAlive(owner)) {
      told = true;
      remove();
      continue;
    }
    if (!told)
      process.stdout.write(`Waiting for process ${owner}, which installs or builds in this folder …\n`);
    told = true;
    await pause(POLL_MS);
  }
}

function create() {
  try {
    writeFileSync(FILE, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `This folder cannot be written (${error.code}), so nothing can be installed or built here.`,
    );
  }
}

/** Null when the file is gone. A file without a number was cut off and belongs to nobody. */
function readOwner() {
  try {
    return Number(readFileSync(FILE, 'utf8')) || 0;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function remove() {
  try {
    unlinkSync(FILE);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
