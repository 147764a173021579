import { readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresBinaries } from './postgres-binaries.js';
import { runAs } from './process-identity.js';
import { codeOf, isAlive } from '../../runtime/system-calls.js';

/** A running server of one cluster, as its postmaster.pid tells. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Beyond every system's largest pid: no process ever has it. */
const NO_PID = 2_147_483_646;
const POLL_MS = 20;
const STOP_LIMIT_MS = 15_000;

interface PidFile {
  /** 0 when the file was cut off by a full disk or a power cut. */
  readonly pid: number;
  readonly lines: readonly string[];
}

/** Finds the server that runs in this folder, as far as this process can see: not one in another container. */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | null> {
  const found = await readPidFile(clusterDir);
  if (found === null || !(await isPostmasterOf(found.pid, clusterDir))) return null;
  return { pid: found.pid, port: Number(found.lines[3]) };
}

/**
 * Mends what would stop PostgreSQL from starting: removes a pid file that was cut off, and replaces a pid that belongs to
 * another program by now with one that nobody has. The file itself then stays: by the shared memory that it names
 * PostgreSQL sees whether processes of the dead server still use the folder. Only for one who knows that no server runs
 * there: a server whose pid file is changed shuts down.
 */
export async function repairPidFile(clusterDir: string): Promise<void> {
  const found = await readPidFile(clusterDir);
  if (found === null) return;
  const file = pidFile(clusterDir);
  if (found.pid === 0) await rm(file, { force: true });
  else if (isAlive(found.pid) && !(await isPostmasterOf(found.pid, clusterDir))) {
    await writeFile(file, [NO_PID, ...found.lines.slice(1)].join('\n'));
  }
}

const pidFile = (clusterDir: string): string => path.join(clusterDir, 'postmaster.pid');

async function readPidFile(clusterDir: string): Promise<PidFile | null> {
  try {
    const lines = (await readFile(pidFile(clusterDir), 'utf8')).split('\n');
    const pid = Math.abs(Number(lines[0]));
    return { pid: Number.isInteger(pid) ? pid : 0, lines };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A server works inside its cluster's folder, whatever path it was given and wherever the folder was moved since. */
export async function isPostmasterOf(pid: number, clusterDir: string): Promise<boolean> {
  if (pid === 0) return false;
  if (process.platform === 'linux') {
    try {
      const [cwd, cluster, program] = await Promise.all([
        stat(`/proc/${pid}/cwd`),
        stat(clusterDir),
        readlink(`/proc/${pid}/exe`),
      ]);
      return (
        cwd.ino === cluster.ino && cwd.dev === cluster.dev && path.basename(program).startsWith('postgres')
      );
    } catch {
      return false; // Gone, a zombie, or another user's.
    }
  }
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const ps = await runAs({ kind: 'self' }, 'ps', ['-ww', '-o', 'command=', '-p', String(pid)], 5_000);
  return ps.ok && ps.output.includes(clusterDir);
}

/**
 * Stops a server: fast, then at once, then by force. Returns when its process is gone.
 *
 * @param isRunning whether the pid still is that server's
 * @param limitMs how long each of the three may take
 */
export async function stopPostmaster(
  pid: number,
  isRunning: () => boolean | Promise<boolean>,
  binaries: PostgresBinaries,
  limitMs = STOP_LIMIT_MS,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isRunning())) return;
    await sendSignal(pid, signal, binaries);
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      if (!(await isRunning())) return;
      await delay(POLL_MS);
    }
  }
}

async function sendSignal(pid: number, signal: NodeJS.Signals, binaries: PostgresBinaries): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl knows the pipe on which the server listens for them.
    await runAs({ kind: 'self' }, binaries.pgCtl, ['kill', signal.replace('SIG', ''), String(pid)], 10_000);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
