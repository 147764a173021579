import { setTimeout as delay } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { StartupError } from '../errors/startup-error.js';
import { isMarkedAsUnfinished } from './dump/restore-mark.js';
import { jitter } from '../runtime/jitter.js';
import { codeOf } from '../runtime/system-calls.js';
import { ormOptions, wholeAddress } from './orm-options.js';

/** Any number will do, as long as every version of the service uses the same one. */
const MIGRATION_LOCK = 7_246_120_931;
/**
 * Much shorter than requests wait for an answer of the database, and than the second after which that looks for deadlocks: where a request and
 * a migration wait for each other, it is the migration that gives way.
 */
const LOCK_TIMEOUT_MS = 500;
const PAUSE_MS = 2000;
const PATIENCE_MS = 10 * 60_000;
/** SQLSTATE of a lock that did not come in time, and of a deadlock. */
const LOCK_REFUSALS: ReadonlySet<string> = new Set(['55P03', '40P01']);

export const TAKE_MIGRATION_LOCK = `select pg_advisory_lock(${MIGRATION_LOCK})`;

export interface MigrationOptions {
  /** Told once when a migration has to wait for somebody else's transaction. */
  readonly onWait?: (message: string) => void;
  /** How long it tries to get the tables that it needs. */
  readonly patienceMs?: number;
}

/**
 * Brings the schema up to date. Services that start at the same moment take turns: the lock belongs to a session, so it also ends
 * with one that is killed.
 *
 * @throws StartupError when the server cannot be reached or a migration fails; then nothing of that migration remains
 */
export async function migrateUnderLock(url: string, options: MigrationOptions = {}): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A broken connection is reported by the query that is under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new StartupError(`The database cannot be reached: ${reasonOf(cause)}. Check DATABASE_URL.`, {
      cause,
    });
  }
  try {
    await client.query(TAKE_MIGRATION_LOCK);
    if (await isMarkedAsUnfinished(client)) throw halfRestored();
    await migrateAround(url, options);
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(`The database schema could not be brought up to date: ${reasonOf(cause)}.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A statement that waits for a table keeps everybody waiting who comes to it later, also those who only read. So it waits for a moment only,
 * and is tried again when they had their turn.
 */
async function migrateAround(
  url: string,
  { onWait, patienceMs = PATIENCE_MS }: MigrationOptions,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrate(url);
      return;
    } catch (error) {
      if (!isRefusedLock(error)) throw error;
      if (performance.now() > deadline) throw heldForTooLong(patienceMs, error);
      if (attempt === 1) onWait?.('A migration waits for a table that a long transaction holds');
      await delay(jitter(PAUSE_MS));
    }
  }
}

/** @param only those of these names; all that there are when left out */
export async function migrate(url: string, only?: readonly string[]): Promise<void> {
  const orm = await MikroORM.init({
    ...ormOptions(url, []),
    discovery: { warnWhenNoEntities: false },
    // A migration may take as long as it takes, once it has begun.
    driverOptions: {
      ...wholeAddress(url),
      onConnect: (client: pg.ClientBase) => client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`),
    },
  });
  try {
    await orm.migrator.up(only === undefined ? {} : { migrations: [...only] });
  } finally {
    await orm.close();
  }
}

/** Also where each waits for what the other has: whoever is told so begins anew. */
function isRefusedLock(error: unknown): boolean {
  return LOCK_REFUSALS.has(codeOf(error));
}

function heldForTooLong(patienceMs: number, cause: unknown): StartupError {
  return new StartupError(
    `A migration could not get a table that it changes for ${Math.round(patienceMs / 1000)} seconds: some transaction holds it. Look for the oldest xact_start in pg_stat_activity, end that, and start again.`,
    { cause },
  );
}

function halfRestored(): StartupError {
  return new StartupError(
    'A restore into this database was begun and not finished. Run `npm run restore` again, or use an empty database.',
  );
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Connection errors of several addresses at once have a code, but no message.
  return cause.message === '' ? codeOf(cause) : cause.message;
}
