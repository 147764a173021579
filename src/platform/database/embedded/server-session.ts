import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { StartupError } from '../../errors/startup-error.js';
import { DATABASE_USER } from './cluster-folder.js';

declare module 'pg' {
  interface Client {
    /** Lets the process end while the connection is open. Missing in the package's types. */
    unref(): void;
  }
}

export const DATABASE_NAME = 'postgres';

/** Of our choosing; the two halves keep clear of the single numbers that other code may lock. */
const SERVICE_LOCK = [0x77687370, 1] as const;
const POLL_MS = 20;
const ANSWER_LIMIT_MS = 5_000;
/** How long a living process may be silent before it counts as hung. */
const SILENCE_LIMIT_MS = 10_000;
/** How long it may say that it is starting (crash recovery) or stopping. */
const RECOVERY_LIMIT_MS = 300_000;
/** The session of a service killed a moment ago may hold its lock until the server has noticed. */
const LOCK_PATIENCE_MS = 2_000;

/**
 * Connects to the server, waiting while it starts, recovers or stops.
 *
 * @param isRunning whether the server's process is still there
 * @param signal ends the wait
 * @returns null when the process ended or hangs, or the signal has tripped
 * @throws StartupError when the server does not accept the password.
 */
export async function openSession(
  port: number,
  password: string,
  isRunning: () => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<Client | null> {
  const begin = performance.now();
  let heard = begin;
  for (;;) {
    const client = createClient(port, password);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (error instanceof DatabaseError) {
        if (error.code === '28P01' && (await isRunning())) throw passwordRefused(error);
        heard = performance.now();
      }
    }
    if (signal?.aborted === true) return null;
    const now = performance.now();
    if (now - heard > SILENCE_LIMIT_MS || now - begin > RECOVERY_LIMIT_MS || !(await isRunning()))
      return null;
    await delay(POLL_MS);
  }
}

function createClient(port: number, password: string): Client {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: DATABASE_USER,
    password,
    database: DATABASE_NAME,
    ssl: false,
    application_name: 'whisper-transcriber lock',
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
  });
  // A lost connection is seen by its `end`; without a listener its `error` would end this process.
  client.on('error', () => undefined);
  return client;
}

function passwordRefused(cause: unknown): StartupError {
  return new StartupError(
    'The embedded database does not accept its password; its folder was changed by hand.',
    {
      cause,
    },
  );
}

/** A copied folder brings along the password and the pid file of the original, but not its server. */
export async function servesFolder(client: Client, clusterDir: string): Promise<boolean> {
  try {
    const answer = await client.query<{ data_directory: string }>('show data_directory');
    const [served, own] = await Promise.all([stat(answer.rows[0]?.data_directory ?? ''), stat(clusterDir)]);
    return served.ino === own.ino && served.dev === own.dev;
  } catch {
    return false;
  }
}

/** Makes this session the one owner of the data folder; the server frees the lock when the connection ends. */
export async function takeServiceLock(client: Client): Promise<boolean> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const answer = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
      ...SERVICE_LOCK,
    ]);
    if (answer.rows[0]?.locked === true) return true;
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
}
