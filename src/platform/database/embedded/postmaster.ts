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

/**
 * Finds the server that runs in this folder. A pid file whose number now belongs to another program would stop PostgreSQL
 * from starting, so its pid is replaced by one that nobody has. The file itself stays: by the shared memory that it names
 * PostgreSQL sees whether processes of the dead server still use the folder.
 */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | null> {
  const file = path.join(clusterDir, 'postmaster.pid');
  const text = await readPidFile(file);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid === 0) {
    await rm(file, { force: true }); // Cut off by a full disk or a power cut; PostgreSQL would only complain.
    return null;
  }
  if (await isPostmasterOf(pid, clusterDir)) return { pid, port };
  if (isAlive(pid)) await writeFile(file, [NO_PID, ...lines.slice(1)].join('\n'));
  return null;
}

async function readPidFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A server works inside its cluster's folder, whatever path it was given and wherever the folder was moved since. */
export async function isPostmasterOf(pid: number, clusterDir: string): Promise<boolean> {
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
 * @param limitMs how long each of the three may take
 */
export async function stopPostmaster(
  pid: number,
  clusterDir: string,
  binaries: PostgresBinaries,
  limitMs = STOP_LIMIT_MS,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isPostmasterOf(pid, clusterDir))) return;
    await sendSignal(pid, signal, binaries);
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      if (!(await isPostmasterOf(pid, clusterDir))) return;
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
