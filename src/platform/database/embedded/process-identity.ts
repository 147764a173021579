import { type ChildProcess, execFile, spawn, type StdioOptions } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '../../errors/startup-error.js';

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who PostgreSQL runs as. It refuses uid 0, so a service that runs as root starts it either in a user namespace, where it
 * is not root while its files stay root's, or as another user, who must then be able to pass every folder above.
 */
export type ProcessIdentity =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace'; readonly owner: FileOwner }
  | { readonly kind: 'user'; readonly owner: FileOwner };

export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

const ROOT: FileOwner = { uid: 0, gid: 0 };
const NOBODY: FileOwner = { uid: 65534, gid: 65534 };
const PROBE_LIMIT_MS = 10_000;

/**
 * Tries the ways in order of preference by really running the server program in the data folder. The owner of an existing
 * cluster comes first, so that a cluster keeps its owner as long as that works.
 *
 * @param owner Owner of the existing cluster, null when there is none.
 * @throws StartupError when no way works.
 */
export async function chooseIdentity(
  postgres: string,
  dataDir: string,
  owner: FileOwner | null,
): Promise<ProcessIdentity> {
  let reason = '';
  for (const identity of candidates(owner)) {
    const outcome = await probe(identity, postgres, dataDir);
    if (outcome.ok) return identity;
    reason = outcome.output.trim().split('\n').at(-1) ?? '';
  }
  throw new StartupError(
    process.getuid?.() === 0
      ? `PostgreSQL does not run as root and ${dataDir} is closed to other users (${reason}); start the service as a normal user, or set DATABASE_URL to a PostgreSQL server.`
      : `The embedded PostgreSQL does not run on this machine (${reason}); set DATABASE_URL to a PostgreSQL server.`,
  );
}

function candidates(owner: FileOwner | null): ProcessIdentity[] {
  if (process.getuid?.() !== 0) return [{ kind: 'self' }];
  const namespace: ProcessIdentity = { kind: 'namespace', owner: ROOT };
  if (owner === null || owner.uid === 0) return [namespace, { kind: 'user', owner: NOBODY }];
  return [{ kind: 'user', owner }, namespace];
}

function probe(identity: ProcessIdentity, postgres: string, dataDir: string): Promise<Outcome> {
  if (process.platform === 'win32') return runAs(identity, postgres, ['--version'], PROBE_LIMIT_MS);
  const script = 'cd "$1" && exec "$2" --version';
  return runAs(identity, '/bin/sh', ['-c', script, 'sh', dataDir, postgres], PROBE_LIMIT_MS);
}

/** Gives the cluster to the identity. The folder itself comes last: its owner says that all below is done. */
export async function giveCluster(identity: ProcessIdentity, clusterDir: string): Promise<void> {
  if (identity.kind === 'self') return;
  const { uid, gid } = identity.owner;
  if ((await stat(clusterDir)).uid === uid) return;
  for (const entry of await readdir(clusterDir, { recursive: true })) {
    await chown(path.join(clusterDir, entry), uid, gid);
  }
  await chown(clusterDir, uid, gid);
}

/** Runs a program to its end, or until the signal trips; never throws. */
export function runAs(
  identity: ProcessIdentity,
  program: string,
  args: readonly string[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  const call = callAs(identity, program, args);
  const options = { ...call.options, timeout: limitMs, ...(signal && { signal }) };
  return new Promise((resolve) => {
    execFile(call.program, call.args, options, (error, stdout, stderr) => {
      resolve({
        ok: error === null,
        output: stderr || stdout || (error === null ? '' : `${program} failed`),
      });
    });
  });
}

/**
 * Starts a program that outlives this process and its terminal: Ctrl-C goes to the whole process group, and the server
 * must stay until the service has closed its connections.
 */
export function spawnAs(
  identity: ProcessIdentity,
  program: string,
  args: readonly string[],
  stdio: StdioOptions,
): ChildProcess {
  const call = callAs(identity, program, args);
  const child = spawn(call.program, call.args, { ...call.options, stdio, detached: true, windowsHide: true });
  child.unref();
  return child;
}

interface Call {
  readonly program: string;
  readonly args: string[];
  readonly options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number };
}

function callAs(identity: ProcessIdentity, program: string, args: readonly string[]): Call {
  if (process.platform === 'win32') return { program, args: [...args], options: {} };
  // A small environment: the service's own holds secrets, and PG… variables would change what PostgreSQL does.
  const options = { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } };
  switch (identity.kind) {
    case 'self':
      return { program, args: [...args], options };
    case 'namespace':
      return {
        program: 'unshare',
        args: ['--user', '--map-user=1000', '--map-group=1000', '--', program, ...args],
        options,
      };
    case 'user':
      return { program, args: [...args], options: { ...options, ...identity.owner } };
  }
}
