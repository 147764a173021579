import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { StartupError } from '../../errors/startup-error.js';
import {
  createCluster,
  DATABASE_USER,
  findClusterOwner,
  firstError,
  readPassword,
  removeLeftovers,
  saysDiskFull,
} from './cluster-folder.js';
import { noSpace, prepareDataFolder } from '../../runtime/data-folder.js';
import { locatePostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { findPostmaster, isPostmasterOf, type Postmaster, stopPostmaster } from './postmaster.js';
import { chooseIdentity, giveCluster, type ProcessIdentity, spawnAs } from './process-identity.js';
import { DATABASE_NAME, openSession, servesFolder, takeServiceLock } from './server-session.js';

export interface EmbeddedPostgresOptions {
  /** The service's data folder; the cluster lies in its folder `postgres`. */
  readonly dataDir: string;
  readonly log?: (message: string, fields?: object) => void;
  /** Called once when the server is lost while the service runs: its process ended or the data folder was taken over. */
  readonly onExit?: (reason: string) => void;
}

interface Cluster {
  readonly dataDir: string;
  readonly dir: string;
  readonly binaries: PostgresBinaries;
  readonly identity: ProcessIdentity;
  readonly password: string;
}

interface Session extends Postmaster {
  readonly client: Client;
  readonly adopted: boolean;
}

const START_ATTEMPTS = 5;
const RETRY_MS = 200;
/** A server that does not answer is not given long to stop by itself either. */
const HUNG_STOP_LIMIT_MS = 2_000;

/** Everything that a small service needs and nothing that weakens durability. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
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
 * A real PostgreSQL server for one service on one machine, run from the npm packages in the service's data folder.
 * The server is a process of its own: one that outlived a killed service is taken over by the next.
 */
export class EmbeddedPostgres {
  /** `postgresql://user:password@127.0.0.1:port/database` */
  readonly url: string;
  private stopping = false;
  private lost = false;

  private constructor(
    private readonly cluster: Cluster,
    private readonly server: Postmaster,
    private lock: Client,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.url = `postgresql://${DATABASE_USER}:${cluster.password}@127.0.0.1:${server.port}/${DATABASE_NAME}`;
    this.watch(lock);
  }

  /** @throws StartupError with one line for the operator when the database cannot be had. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const begin = performance.now();
    const cluster = await openCluster(options);
    const session = await bringUp(cluster);
    const { pid, port, client, adopted } = session;
    if (!(await takeServiceLock(client).catch(() => false))) {
      await client.end().catch(() => undefined);
      throw new StartupError(
        `The data folder ${cluster.dataDir} is in use by another running service; stop it or choose another DATA_DIR.`,
      );
    }
    client.unref();
    const elapsedMs = Math.round(performance.now() - begin);
    options.log?.('embedded PostgreSQL is up', {
      pid,
      port,
      adopted,
      identity: cluster.identity.kind,
      elapsedMs,
    });
    return new EmbeddedPostgres(cluster, { pid, port }, client, options);
  }

  /** Stops the server. Close all connections first; what is still open is cut off, uncommitted work is rolled back. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    // The lock is held until the server is gone; otherwise a service that starts just now could take over a server
    // that is about to stop.
    if (!this.lost) await stopPostmaster(this.server.pid, this.cluster.dir, this.cluster.binaries);
    await this.lock.end().catch(() => undefined);
    this.options.log?.('embedded PostgreSQL has stopped', { pid: this.server.pid });
  }

  private watch(lock: Client): void {
    lock.once('end', () => {
      if (!this.stopping) void this.relock();
    });
  }

  /** The server itself survives the crash of one of its processes, but all sessions and so our lock are gone. */
  private async relock(): Promise<void> {
    const { pid, port } = this.server;
    const reason = await this.tryRelock(pid, port).catch((error: unknown) => String(error));
    if (reason === null || this.stopping) return;
    this.lost = true;
    this.options.log?.('embedded PostgreSQL is lost', { pid, reason });
    this.options.onExit?.(reason);
  }

  /** @returns why the server is lost, null when the lock is ours again */
  private async tryRelock(pid: number, port: number): Promise<string | null> {
    const isRunning = (): Promise<boolean> => isPostmasterOf(pid, this.cluster.dir);
    const client = await openSession(port, this.cluster.password, isRunning);
    if (client === null)
      return (await readLog(this.cluster.dataDir)).trim().split('\n').at(-1) ?? 'the server ended';
    if (!(await takeServiceLock(client))) {
      await client.end();
      return 'another service has taken over the data folder';
    }
    client.unref();
    this.lock = client;
    this.watch(client);
    this.options.log?.('embedded PostgreSQL has restarted after a crash', { pid });
    return null;
  }
}

async function openCluster(options: EmbeddedPostgresOptions): Promise<Cluster> {
  const dataDir = await prepareDataFolder(path.resolve(options.dataDir));
  const dir = path.join(dataDir, 'postgres');
  const binaries = await locatePostgresBinaries();
  const owner = await findClusterOwner(dir);
  const identity = await chooseIdentity(binaries.postgres, dataDir, owner);
  await removeLeftovers(dataDir);
  if (owner === null) {
    options.log?.('creating the embedded database');
    await createCluster(binaries, identity, dir);
  }
  return { dataDir, dir, binaries, identity, password: await readPassword(dir) };
}

/**
 * Takes over the server that runs in the folder, or starts one. When two services do this at once, PostgreSQL's own pid
 * file lets one server live; both find it in the next round, and the service lock decides.
 */
async function bringUp(cluster: Cluster): Promise<Session> {
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const running = await findPostmaster(cluster.dir);
    const session = running === null ? await launch(cluster) : await adopt(cluster, running);
    if (session !== null) return session;
    if (attempt < START_ATTEMPTS) await delay(RETRY_MS);
  }
  const output = await readLog(cluster.dataDir);
  if (saysDiskFull(output)) throw noSpace(cluster.dataDir, output);
  throw new StartupError(`The embedded database did not start: ${firstError(output)}`, { cause: output });
}

async function adopt(cluster: Cluster, running: Postmaster): Promise<Session | null> {
  const client = await openSession(running.port, cluster.password, () =>
    isPostmasterOf(running.pid, cluster.dir),
  );
  if (client !== null) {
    if (await servesFolder(client, cluster.dir)) return { ...running, client, adopted: true };
    await client.end();
  }
  await stopPostmaster(running.pid, cluster.dir, cluster.binaries, HUNG_STOP_LIMIT_MS);
  return null;
}

async function launch(cluster: Cluster): Promise<Session | null> {
  await giveCluster(cluster.identity, cluster.dir);
  const port = await findFreePort();
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  // Emptied, then appended to: a second service that loses the race may empty it while the winner's server writes.
  const log = await open(logFile(cluster.dataDir), 'a', 0o600);
  await log.truncate();
  const child = spawnAs(
    cluster.identity,
    cluster.binaries.postgres,
    ['-D', cluster.dir, ...settings],
    ['ignore', log.fd, log.fd],
  );
  let running = child.pid !== undefined;
  child.once('exit', () => (running = false));
  child.once('error', () => (running = false));
  await log.close();
  const client = await openSession(port, cluster.password, () => running);
  if (client !== null && child.pid !== undefined) return { pid: child.pid, port, client, adopted: false };
  if (child.pid !== undefined) await stopPostmaster(child.pid, cluster.dir, cluster.binaries);
  return null;
}

function logFile(dataDir: string): string {
  return path.join(dataDir, 'postgres.log');
}

async function readLog(dataDir: string): Promise<string> {
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
