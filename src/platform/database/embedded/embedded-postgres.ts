import path from 'node:path';
import type { Client } from 'pg';
import { StartupError } from '../../errors/startup-error.js';
import { prepareDataFolder } from '../../runtime/data-folder.js';
import { createCluster, findClusterOwner, readPassword, removeLeftovers } from './cluster-folder.js';
import { type FileLock, tryLockFile } from '../../runtime/file-lock.js';
import { locatePostgresBinaries } from './postgres-binaries.js';
import { isPostmasterOf, type Postmaster, stopPostmaster } from './postmaster.js';
import { chooseIdentity } from './process-identity.js';
import { addressOf } from './running-server.js';
import { bringUp, type Cluster, readLog, type Session } from './server-launch.js';
import { openSession, takeServiceLock } from './server-session.js';

export interface EmbeddedPostgresOptions {
  /** The service's data folder; the cluster lies in its folder `postgres`. */
  readonly dataDir: string;
  readonly log?: (message: string, fields?: object) => void;
  /** Called once when the server is lost while the service runs: its process ended or the data folder was taken over. */
  readonly onExit?: (reason: string) => void;
  /** Ends a start that is still under way: what it has started is stopped, and `start` throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The session of a service that ends just now may hold on for a moment. */
const SERVICE_PATIENCE_MS = 5_000;

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
    private readonly folderLock: FileLock,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.url = addressOf(server.port, cluster.password);
    this.watch(lock);
  }

  /** @throws StartupError with one line for the operator when the database cannot be had. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const begin = performance.now();
    const { log, signal } = options;
    const dataDir = await prepareDataFolder(path.resolve(options.dataDir));
    // Held from the first to the last moment: whoever has it may create, repair and stop what lies in the folder.
    const folderLock = await tryLockFile(
      path.join(dataDir, 'postgres.service.lock'),
      SERVICE_PATIENCE_MS,
      signal,
    );
    if (folderLock === null) throw folderInUse(dataDir);
    try {
      const cluster = await openCluster(dataDir, folderLock.isExclusive, options);
      const session = await bringUp(cluster, signal);
      await claim(cluster, session);
      const { pid, port, client, adopted } = session;
      const postgres = new EmbeddedPostgres(cluster, { pid, port }, client, folderLock, options);
      const elapsedMs = Math.round(performance.now() - begin);
      log?.('embedded PostgreSQL is up', { pid, port, adopted, identity: cluster.identity.kind, elapsedMs });
      if (signal?.aborted === true) await postgres.stop();
      signal?.throwIfAborted();
      return postgres;
    } catch (error) {
      await folderLock.release();
      throw error;
    }
  }

  /** Stops the server. Close all connections first; what is still open is cut off, uncommitted work is rolled back. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    // The lock is held until the server is gone; otherwise a service that starts just now could take over a server
    // that is about to stop.
    const { pid } = this.server;
    const { dir, binaries } = this.cluster;
    if (!this.lost) await stopPostmaster(pid, () => isPostmasterOf(pid, dir), binaries);
    await this.lock.end().catch(() => undefined);
    await this.folderLock.release();
    this.options.log?.('embedded PostgreSQL has stopped', { pid });
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

async function openCluster(
  dataDir: string,
  isOurs: boolean,
  { log, signal }: EmbeddedPostgresOptions,
): Promise<Cluster> {
  const dir = path.join(dataDir, 'postgres');
  const binaries = await locatePostgresBinaries();
  const owner = await findClusterOwner(dir);
  const identity = await chooseIdentity(binaries.postgres, dataDir, owner);
  await removeLeftovers(dataDir);
  if (owner === null) {
    log?.('creating the embedded database');
    await createCluster(binaries, identity, dir, signal);
  }
  return { dataDir, dir, binaries, identity, password: await readPassword(dir), isOurs };
}

/**
 * Takes the lock inside the database, the only one where there are no file locks. Stops a server that was started for
 * nothing, but never one that another service may use.
 */
async function claim(cluster: Cluster, { pid, client, adopted }: Session): Promise<void> {
  const { dataDir, dir, binaries, isOurs } = cluster;
  let isLocked: boolean;
  try {
    isLocked = await takeServiceLock(client);
  } catch (cause) {
    await client.end().catch(() => undefined);
    if (isOurs && !adopted) await stopPostmaster(pid, () => isPostmasterOf(pid, dir), binaries);
    throw new StartupError(
      `The embedded database could not be locked for this service: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  }
  if (!isLocked) {
    await client.end().catch(() => undefined);
    throw folderInUse(dataDir);
  }
  client.unref();
}

function folderInUse(dataDir: string): StartupError {
  return new StartupError(
    `The data folder ${dataDir} is in use by another running service; stop it or choose another DATA_DIR.`,
  );
}
