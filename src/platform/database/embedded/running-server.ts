import path from 'node:path';
import { DATABASE_USER, findClusterOwner, readPassword } from './cluster-folder.js';
import { findPostmaster } from './postmaster.js';
import { DATABASE_NAME } from './server-session.js';

/** @throws StartupError when the folder cannot be read */
export async function hasEmbeddedDatabase(dataDir: string): Promise<boolean> {
  return (await findClusterOwner(path.join(dataDir, 'postgres'))) !== null;
}

/**
 * The address of the server that a service runs in its data folder; null when none runs there.
 *
 * @throws StartupError when its password cannot be read
 */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  const clusterDir = path.join(dataDir, 'postgres');
  const server = await findPostmaster(clusterDir);
  return server === null ? null : addressOf(server.port, await readPassword(clusterDir));
}

export function addressOf(port: number, password: string): string {
  return `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`;
}
