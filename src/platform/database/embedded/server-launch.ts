import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { StartupError } from '../../errors/startup-error.js';
import { noSpace } from '../../runtime/data-folder.js';
import { firstError, saysDiskFull } from './cluster-folder.js';
import { type FileLock, tryLockFile } from '../../runtime/file-lock.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import {
  findPostmaster,
  isPostmasterOf,
  type Postmaster,
  repairPidFile,
  stopPostmaster,
} from './postmaster.js';
import { giveCluster, type ProcessIdentity, spawnAs } from './process-identity.js';
import { openSession, servesFolder } from './server-session.js';

/** A complete cluster and what it takes to run its server. */
export interface Cluster {
  readonly dataDir: string;
  readonly dir: string;
  readonly binaries: PostgresBinaries;
  readonly identity: ProcessIdentity;
  readonly password: string;
  /** True when no other service can live in this data folder, so that a server found there is nobody else's. */
  readonly isOurs: boolean;
}

export interface Session extends Postmaster {
  readonly client: Client;
  readonly adopted: boolean;
}

const START_ATTEMPTS = 5;
const RETRY_MS = 200;
/** How long to wait for a server that cannot be seen: it is about to write its pid file, about to end, or elsewhere. */
const UNSEEN_ATTEMPTS = 50;
/** A server that does not answer is not given long to stop by itself either. */
const HUNG_STOP_LIMIT_MS = 2_000;

/** Everything that a small service needs and nothing that weakens durability. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  // A log that was renamed for later holds what was deleted, until it is written over; one that is removed does not.
  wal_recycle: 'off',
  jit: 'off',
  timezone: 'UTC',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Statements and values never reach the log: they hold what people said. Without errors and checkpoints it stays small.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/**
 * Takes over the server that runs in the folder, or starts one. Where there are no file locks two services may do this at
 * once: PostgreSQL's own pid file lets one server live, both find it in the next round, and the service lock decides.
 *
 * @throws StartupError when there is no server to be had; the reason of the signal when that trips first
 */
export async function bringUp(cluster: Cluster, signal?: AbortSignal): Promise<Session> {
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const found = await findOrLock(cluster, signal);
    const session =
      'pid' in found ? await adopt(cluster, found, signal) : await launch(cluster, found, signal);
    if (session !== null) return session;
    if (attempt < START_ATTEMPTS) await delay(RETRY_MS);
  }
  signal?.throwIfAborted();
  const output = await readLog(cluster.dataDir);
  if (saysDiskFull(output)) throw noSpace(cluster.dataDir, output);
  throw new StartupError(`The embedded database did not start: ${firstError(output)}`, { cause: output });
}

/** The server that runs in the folder, or else the lock without which none is started there. */
async function findOrLock(cluster: Cluster, signal?: AbortSignal): Promise<Postmaster | FileLock> {
  for (let attempt = 1; attempt <= UNSEEN_ATTEMPTS; attempt++) {
    const running = await findPostmaster(cluster.dir);
    if (running !== null) return running;
    const lock = await tryLockFile(path.join(cluster.dataDir, 'postgres.server.lock'));
    if (lock !== null) return lock;
    signal?.throwIfAborted();
    await delay(RETRY_MS);
  }
  throw new StartupError(
    `The data folder ${cluster.dataDir} is in use by a database server that was left running, perhaps in another container; stop that or choose another DATA_DIR.`,
  );
}

/** @returns null when the server ended, or was stopped because it is of no use */
async function adopt(cluster: Cluster, running: Postmaster, signal?: AbortSignal): Promise<Session | null> {
  const { pid, port } = running;
  const isRunning = (): Promise<boolean> => isPostmasterOf(pid, cluster.dir);
  const client = await openSession(port, cluster.password, isRunning, signal);
  if (client !== null) {
    if (await servesFolder(client, cluster.dir)) return { pid, port, client, adopted: true };
    await client.end();
  }
  if (cluster.isOurs) await stopPostmaster(pid, isRunning, cluster.binaries, HUNG_STOP_LIMIT_MS);
  else if (signal?.aborted !== true && (await isRunning())) {
    throw new StartupError(
      `The database server of the data folder ${cluster.dataDir} (process ${pid}) does not answer and may belong to another running service; stop it or choose another DATA_DIR.`,
    );
  }
  return null;
}

/**
 * @param lock passed on to the server, which keeps it until the last of its processes has ended
 * @returns null when the server did not come up, or was stopped because the signal tripped
 */
async function launch(cluster: Cluster, lock: FileLock, signal?: AbortSignal): Promise<Session | null> {
  const { child, port } = await spawnServer(cluster, lock).finally(() => lock.release());
  const { pid } = child;
  if (pid === undefined) return null;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  try {
    const client = await openSession(port, cluster.password, isRunning, signal);
    if (client !== null) return { pid, port, client, adopted: false };
  } catch (error) {
    await stopPostmaster(pid, isRunning, cluster.binaries);
    throw error;
  }
  await stopPostmaster(pid, isRunning, cluster.binaries);
  return null;
}

async function spawnServer(cluster: Cluster, lock: FileLock): Promise<{ child: ChildProcess; port: number }> {
  const port = await findFreePort();
  await repairPidFile(cluster.dir);
  await giveCluster(cluster.identity, cluster.dir);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  // Emptied, then appended to: without file locks a second service that loses the race may empty it while the winner's
  // server writes.
  const log = await open(logFile(cluster.dataDir), 'a', 0o600);
  try {
    await log.truncate();
    const child = spawnAs(
      cluster.identity,
      cluster.binaries.postgres,
      ['-D', cluster.dir, ...settings],
      ['ignore', log.fd, log.fd, lock.fd],
    );
    // One that cannot be started has no pid; without a listener its `error` would end this process.
    child.once('error', () => undefined);
    return { child, port };
  } finally {
    await log.close();
  }
}

function logFile(dataDir: string): string {
  return path.join(dataDir, 'postgres.log');
}

/** What the server wrote since it was started last. */
export async function readLog(dataDir: string): Promise<string> {
  return readFile(logFile(dataDir), 'utf8').catch(() => '');
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no port was given'));
      });
    });
  });
}
