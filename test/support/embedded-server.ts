import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { isPostmasterOf } from '../../src/platform/database/embedded/postmaster.js';
import { isAlive } from '../../src/platform/runtime/system-calls.js';

/** No process has this pid. */
export const NO_PID = 2_147_483_646;

export const pidFile = (dataDir: string): string => path.join(dataDir, 'postgres', 'postmaster.pid');

/** As the server has written it; that of a server in another namespace means nothing here. */
export async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(pidFile(dataDir), 'utf8')).split('\n', 1)[0]);
}

export async function killServerOf(dataDir: string): Promise<void> {
  const pid = await postmasterPid(dataDir).catch(() => NO_PID);
  if (await isPostmasterOf(pid, path.join(dataDir, 'postgres'))) process.kill(-pid, 'SIGKILL');
}

/** A process that ended may stay as a zombie where nobody collects it; its folder in /proc then has no program. */
export async function hasEnded(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return true;
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => text.slice(text.lastIndexOf(')')).startsWith(') Z'),
    () => true,
  );
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
