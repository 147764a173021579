import pg from 'pg';
import { loadAppConfig } from '../platform/config/app-config.js';
import { readEnvironment } from '../platform/config/environment.js';
import { EXIT, type ExitCode } from './backup/backup-problem.js';
import { openForBackup } from './backup/database-access.js';
import { readOptions, runCommand, tell } from './backup/run-command.js';

const USAGE = `Usage: npm run scrub

Rewrites the tables of the database, so that nothing is left on its disk of rows that were deleted: PostgreSQL
otherwise keeps their bytes until it needs the space. While a table is rewritten requests that need it wait, and
its size is needed once more; choose a quiet hour. The service may run meanwhile.
Settings are those of the service (DATA_DIR, DATABASE_URL), from the environment and .env.
`;

/** A table whose readers hold it longer is left for the next time: whoever comes after this command would wait behind it. */
const LOCK_TIMEOUT = '10s';
const LOCK_NOT_AVAILABLE = '55P03';
const INSUFFICIENT_PRIVILEGE = '42501';
/** Samples of columns, for the planner. They are rows too, and the last to be rewritten. */
const STATISTICS = 'pg_catalog.pg_statistic';

async function main(stop: AbortSignal): Promise<ExitCode> {
  const { help = false } = readOptions({ help: { type: 'boolean', short: 'h' } });
  if (help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const database = await openForBackup(loadAppConfig(readEnvironment(), process.stdout.isTTY), stop);
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    return await scrub(client, stop);
  } finally {
    await client.end();
    await database.stop();
  }
}

async function scrub(client: pg.Client, stop: AbortSignal): Promise<ExitCode> {
  await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
  const left: string[] = [];
  for (const table of [...(await listTables(client)), STATISTICS]) {
    stop.throwIfAborted();
    if (!(await isDone(client, `vacuum (full, analyze) ${table}`))) left.push(table);
  }
  // What has happened is in the write-ahead log too, until that begins anew.
  const logIsCut = (await isDone(client, 'select pg_switch_wal()')) && (await isDone(client, 'checkpoint'));
  if (!logIsCut)
    tell(
      'The write-ahead log could not be cut by this database user. What is in it goes with the next checkpoints.',
    );
  if (left.length === 0) {
    tell('The tables are rewritten: nothing is left in them of what was deleted.');
    return EXIT.ok;
  }
  process.stderr.write(
    `In use, or not of this database user, and so left as they are: ${left.join(', ')}. Run it again.\n`,
  );
  return EXIT.incomplete;
}

async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = current_schema() order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** False when it is not to be had now, or by this user. */
async function isDone(client: pg.Client, statement: string): Promise<boolean> {
  try {
    const { rowCount, command } = await client.query(statement);
    return command !== 'SELECT' || rowCount === 1;
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code !== LOCK_NOT_AVAILABLE && code !== INSUFFICIENT_PRIVILEGE) throw error;
    return false;
  }
}

runCommand(USAGE, main);
