import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '../../errors/startup-error.js';
import { noSpace } from '../../runtime/data-folder.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { type FileOwner, type ProcessIdentity, runAs } from './process-identity.js';
import { flushFolder } from '../../runtime/flush-folder.js';
import { codeOf, isAlive } from '../../runtime/system-calls.js';

export const DATABASE_USER = 'whisper';

const PASSWORD_FILE = 'service.password';
const LEFTOVER = /^postgres\.new-(\d+)-[0-9a-f]+$/;
const SEVERITY = /^.*?\b(FATAL|PANIC|error):\s*/i;
const INITDB_LIMIT_MS = 120_000;

/** Owner of the cluster in this folder, null when there is none yet. */
export async function findClusterOwner(clusterDir: string): Promise<FileOwner | null> {
  try {
    await stat(path.join(clusterDir, 'PG_VERSION'));
    const { uid, gid } = await stat(clusterDir);
    return { uid, gid };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new StartupError(`The database folder ${clusterDir} cannot be read (${codeOf(error)}).`, {
      cause: error,
    });
  }
}

/** Removes what a start left behind that was killed while it created the cluster. */
export async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(LEFTOVER.exec(name)?.[1]);
    if (Number.isNaN(pid) || (pid !== process.pid && isAlive(pid))) continue;
    // An initdb whose parent was killed may still write; then the next start tries again.
    await rm(path.join(dataDir, name), { recursive: true, force: true, maxRetries: 5 }).catch(
      () => undefined,
    );
  }
}

/**
 * Creates the cluster beside its place and renames it when it is complete, so that a kill at any moment leaves either
 * no cluster or a whole one. The password lies inside and so moves with it. Does nothing when another process was first.
 */
export async function createCluster(
  binaries: PostgresBinaries,
  identity: ProcessIdentity,
  clusterDir: string,
  signal?: AbortSignal,
): Promise<void> {
  const dataDir = path.dirname(clusterDir);
  const workshop = path.join(dataDir, `postgres.new-${process.pid}-${randomBytes(6).toString('hex')}`);
  const passwordFile = path.join(workshop, PASSWORD_FILE);
  const fresh = path.join(workshop, 'cluster');
  try {
    await mkdir(workshop, { mode: 0o700 });
    const handle = await open(passwordFile, 'wx', 0o600);
    await handle.writeFile(randomBytes(24).toString('hex'));
    await handle.sync();
    await handle.close();
    if (identity.kind === 'user') {
      await chown(passwordFile, identity.owner.uid, identity.owner.gid);
      await chown(workshop, identity.owner.uid, identity.owner.gid);
    }
    await runInitdb(binaries, identity, fresh, passwordFile, signal);
    await rename(passwordFile, path.join(fresh, PASSWORD_FILE));
    await moveIntoPlace(fresh, clusterDir);
  } catch (cause) {
    if (codeOf(cause) === 'ENOSPC') throw noSpace(dataDir, cause);
    throw cause;
  } finally {
    await rm(workshop, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  identity: ProcessIdentity,
  fresh: string,
  passwordFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const fixed = ['-D', fresh, '-U', DATABASE_USER, '--encoding=UTF8', '--auth=scram-sha-256'];
  let output = '';
  // Case mapping and search of non-ASCII letters need C.UTF-8, which older systems lack.
  for (const locale of ['C.UTF-8', 'C']) {
    const args = [
      ...fixed,
      `--pwfile=${passwordFile}`,
      `--locale=${locale}`,
      '--lc-messages=C',
      '--no-instructions',
    ];
    const outcome = await runAs(identity, binaries.initdb, args, INITDB_LIMIT_MS, signal);
    signal?.throwIfAborted();
    if (outcome.ok) return;
    output = outcome.output;
    if (!output.includes('locale')) break;
  }
  if (saysDiskFull(output)) throw noSpace(path.dirname(path.dirname(fresh)), output);
  throw new StartupError(`The embedded database could not be created: ${firstError(output)}`, {
    cause: output,
  });
}

async function moveIntoPlace(fresh: string, clusterDir: string): Promise<void> {
  try {
    await rename(fresh, clusterDir);
  } catch (cause) {
    if ((await findClusterOwner(clusterDir)) !== null) return;
    throw new StartupError(
      `The folder ${clusterDir} is in the way of the embedded database (${codeOf(cause)}); move it elsewhere or set DATABASE_URL.`,
      { cause },
    );
  }
  await flushFolder(path.dirname(clusterDir));
}

export async function readPassword(clusterDir: string): Promise<string> {
  const file = path.join(clusterDir, PASSWORD_FILE);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new StartupError(
      `The password of the embedded database cannot be read from ${file} (${codeOf(cause)}).`,
      {
        cause,
      },
    );
  }
}

export function saysDiskFull(output: string): boolean {
  return /No space left|free disk space|wrote only \d+ of \d+ bytes/.test(output);
}

/** The first line of PostgreSQL's output that says why it gave up, without its time stamp. */
export function firstError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  // That "the database system is starting up" is what our own early connections were told.
  const errors = lines.filter((line) => SEVERITY.test(line) && !line.includes('the database system is'));
  return (errors[0] ?? lines.at(-1) ?? 'no reason given').replace(SEVERITY, '').trim();
}
