import { text } from 'node:stream/consumers';
import type { Client } from 'pg';
import type { AppConfig } from '../../platform/config/app-config.js';
import { openDumpSession } from '../../platform/database/dump/dump-session.js';
import { CREATE_RESTORE_MARK, DROP_RESTORE_MARK } from '../../platform/database/dump/restore-mark.js';
import { listTables } from '../../platform/database/dump/table-dump.js';
import {
  copyIn,
  emptyTable,
  setSequence,
  withoutForeignKeys,
} from '../../platform/database/dump/table-load.js';
import { migrate, TAKE_MIGRATION_LOCK } from '../../platform/database/migrate-under-lock.js';
import { MIGRATIONS } from '../../platform/database/migrations/migrations.js';
import type { BlobStore } from '../../modules/uploads/blobs/blob-store.port.js';
import { newer, type ArchiveReader } from './archive-reader.js';
import { damaged } from './backup-problem.js';
import { blobKeyOf, tablePath, type ArchivedFile, type Manifest } from './manifest.js';
import { Progress } from './progress.js';
import { assertEmptyDatabase, assertNoOtherBlobs } from './restore-target.js';
import { isGeneratedSecret, keysOf, writeGenerated } from './secrets.js';

export interface RestoreTarget {
  readonly config: AppConfig;
  readonly url: string;
  readonly blobs: BlobStore;
}

/** @throws BackupProblem when the code does not know the schema */
export function assertKnownSchema(file: string, { migrations, serviceVersion }: Manifest): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  if (migrations.some((name) => !known.has(name)))
    throw newer(file, `its schema is that of ${serviceVersion}`);
}

/**
 * Fills an empty place with what is in an archive that was verified. Rows come last and all at once. Until then the database says that it is not
 * finished, so that no service starts on it; the same call again then goes on.
 *
 * @returns the ids of media whose recordings were damaged when the backup was made
 * @throws BackupProblem
 */
export async function restoreBackup(
  archive: ArchiveReader,
  { config, url, blobs }: RestoreTarget,
  stop: AbortSignal,
  tell: (line: string) => void,
): Promise<string[]> {
  const { manifest } = archive;
  const client = await openDumpSession(url);
  try {
    await client.query(TAKE_MIGRATION_LOCK);
    await assertEmptyDatabase(client);
    await assertNoOtherBlobs(blobs, manifest);
    await client.query(CREATE_RESTORE_MARK);
    await migrate(url, manifest.migrations);
    await putSecrets(archive, config);
    await putBlobs(archive, blobs, stop, tell);
    stop.throwIfAborted();
    await loadRows(client, archive);
    tell(`Database: ${manifest.tables.reduce((sum, { rows }) => sum + rows, 0)} rows`);
    return await mediaOf(client, manifest.damagedBlobs ?? []);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function putSecrets(archive: ArchiveReader, config: AppConfig): Promise<void> {
  for (const file of archive.manifest.files) {
    const name = file.path.startsWith('secrets/') ? file.path.slice('secrets/'.length) : '';
    if (isGeneratedSecret(name) && keysOf(config, name).length === 0)
      await writeGenerated(config.dataDir, name, await text(await archive.read(file)));
  }
}

async function putBlobs(
  archive: ArchiveReader,
  blobs: BlobStore,
  stop: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const files = archive.manifest.files.filter(({ path }) => blobKeyOf(path) !== null);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const progress = new Progress(`Recordings (${files.length})`, total, tell);
  // What a restore that was killed had begun. Nobody else writes here.
  await blobs.removeUnfinished(new Date(8.64e15));
  for (const file of files) {
    stop.throwIfAborted();
    await blobs.put(blobKeyOf(file.path) ?? '', await archive.read(file));
    progress.advance(file.bytes);
  }
}

async function loadRows(client: Client, archive: ArchiveReader): Promise<void> {
  const { tables, sequences, files } = archive.manifest;
  const byPath = new Map<string, ArchivedFile>(files.map((file) => [file.path, file]));
  await client.query('begin');
  await client.query(DROP_RESTORE_MARK);
  const known = new Set((await listTables(client)).map(({ name }) => name));
  await withoutForeignKeys(client, async () => {
    for (const table of tables) {
      const file = byPath.get(tablePath(table.name));
      if (file === undefined || !known.has(table.name)) throw damaged(`no version had a table ${table.name}`);
      await emptyTable(client, table.name);
      const rows = await copyIn(client, table, await archive.read(file));
      if (rows !== table.rows) throw damaged(`${table.name} has ${rows} rows instead of ${table.rows}`);
    }
  });
  for (const sequence of sequences) await setSequence(client, sequence);
  await client.query('analyze');
  await client.query('commit');
}

async function mediaOf(client: Client, blobKeys: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'select id from media_files where blob_key = any($1) order by id',
    [blobKeys],
  );
  return rows.map(({ id }) => id);
}
