import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { StartupError } from '../errors/startup-error.js';
import { isMarkedAsUnfinished } from './dump/restore-mark.js';
import { codeOf } from '../runtime/system-calls.js';
import { ormOptions, wholeAddress } from './orm-options.js';

/** Any number will do, as long as every version of the service uses the same one. */
const MIGRATION_LOCK = 7_246_120_931;
export const TAKE_MIGRATION_LOCK = `select pg_advisory_lock(${MIGRATION_LOCK})`;

/**
 * Brings the schema up to date. Services that start at the same moment take turns: the lock belongs to a session, so it also ends
 * with one that is killed.
 *
 * @throws StartupError when the server cannot be reached or a migration fails; then nothing of that migration remains
 */
export async function migrateUnderLock(url: string): Promise<void> {
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
    await migrate(url);
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(`The database schema could not be brought up to date: ${reasonOf(cause)}.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @param only those of these names; all that there are when left out */
export async function migrate(url: string, only?: readonly string[]): Promise<void> {
  const orm = await MikroORM.init({
    ...ormOptions(url, []),
    discovery: { warnWhenNoEntities: false },
    // A migration may take as long as it takes.
    driverOptions: wholeAddress(url),
  });
  try {
    await orm.migrator.up(only === undefined ? {} : { migrations: [...only] });
  } finally {
    await orm.close();
  }
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
