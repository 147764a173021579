import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { inRoot, SetupError } from './project.mjs';
import { stopTools } from './run-tool.mjs';

const FILE = inRoot('.setup.lock');
const POLL_MS = 300;
const SELF = identify(process.pid);

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
      if (readOwner() === SELF) return;
    }
    const owner = readOwner();
    if (owner === null) continue;
    if (!isAlive(owner)) {
      told = true;
      remove();
      continue;
    }
    if (!told)
      process.stdout.write(
        `Waiting for process ${pidOf(owner)}, which installs or builds in this folder …\n`,
      );
    told = true;
    await pause(POLL_MS);
  }
}

function create() {
  try {
    writeFileSync(FILE, SELF, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `This folder cannot be written (${error.code}), so nothing can be installed or built here.`,
    );
  }
}

/** Null when the file is gone. */
function readOwner() {
  try {
    return readFileSync(FILE, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

const pidOf = (owner) => Number(owner.split(' ')[0]);

/** Pid and, where the system tells it, the time of its start: pids are used again, in containers nearly always. */
function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start is field 22, the third is the first after the name.
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return String(pid);
  }
}

/** A file without a number was cut off and belongs to nobody. */
function isAlive(owner) {
  const pid = pidOf(owner);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return identify(pid) === owner;
}

function remove() {
  try {
    unlinkSync(FILE);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
