import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { BuiltCommand, type CommandResult } from './built-command.js';

/** Of the schema, and of backups themselves, which are noted once they are made. */
const OWN_BOOKS = ['schema_migrations', 'last_backup'];

type Environment = Readonly<Record<string, string>>;

/** The built `npm run backup`. */
export class BackupCommand extends BuiltCommand {
  constructor(args: readonly string[], env: Environment) {
    super('backup', 'dist/cli/backup.cli.js', args, { NODE_ENV: 'test', ...env });
  }
}

/** The built `npm run restore`. */
export class RestoreCommand extends BuiltCommand {
  constructor(args: readonly string[], env: Environment) {
    super('restore', 'dist/cli/restore.cli.js', args, { NODE_ENV: 'test', ...env });
  }
}

export function backUp(file: string, env: Environment): Promise<CommandResult> {
  return new BackupCommand(['--out', file, '--verify'], env).end();
}

export function restore(file: string, env: Environment): Promise<CommandResult> {
  return new RestoreCommand(['--from', file], env).end();
}

/** All rows of all tables, as text and in an order of their own; of a place where no service runs. */
export async function rowsOf(env: Environment): Promise<Record<string, string[]>> {
  if (env['DATABASE_URL'] !== undefined) return readRows(env['DATABASE_URL']);
  const server = await EmbeddedPostgres.start({ dataDir: env['DATA_DIR'] ?? '' });
  try {
    return await readRows(server.url);
  } finally {
    await server.stop();
  }
}

async function readRows(url: string): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows: Record<string, string[]> = {};
    const tables = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename <> all ($1)`,
      [OWN_BOOKS],
    );
    for (const { name } of tables.rows) {
      const all = await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`);
      rows[name] = all.rows.map(({ row }) => row);
    }
    return rows;
  } finally {
    await client.end();
  }
}

/** The hash of each blob in a folder, by its key. */
export async function blobsIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const blobs: Record<string, string> = {};
  for (const entry of entries.filter((found) => found.isFile() && !found.name.includes('probe'))) {
    const bytes = await readFile(path.join(entry.parentPath, entry.name));
    blobs[entry.name] = createHash('sha256').update(bytes).digest('hex');
  }
  return blobs;
}
