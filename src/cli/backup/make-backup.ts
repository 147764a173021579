import { Readable } from 'node:stream';
import type { Client } from 'pg';
import { TAKE_BACKUP_LOCK } from '../../platform/database/dump/backup-lock.js';
import { openDumpSession } from '../../platform/database/dump/dump-session.js';
import { isMarkedAsUnfinished } from '../../platform/database/dump/restore-mark.js';
import {
  beginSnapshot,
  copyOut,
  listMigrations,
  listSequences,
  listTables,
} from '../../platform/database/dump/table-dump.js';
import { SERVICE_VERSION } from '../../platform/runtime/service-version.js';
import { BLOBS_IN_USE, type BlobInUse } from '../../modules/uploads/blobs/blobs-in-use.view.js';
import type { BlobStore } from '../../modules/uploads/blobs/blob-store.port.js';
import type { ArchiveWriter } from './archive-writer.js';
import { BackupProblem, EXIT } from './backup-problem.js';
import { copyBlobs } from './copy-blobs.js';
import { FORMAT, secretPath, tablePath, type ArchivedTable, type Manifest } from './manifest.js';

export interface BackupSource {
  readonly url: string;
  readonly blobs: BlobStore;
  /** By their names. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly secretKeyChecks: readonly string[];
}

type Tell = (line: string) => void;
type Tables = Pick<Manifest, 'createdAt' | 'migrations' | 'tables' | 'sequences'>;

/**
 * Puts all that a service keeps into an archive, as it was at one moment, while the service runs. Until the end no blob is deleted.
 *
 * @returns what is in it
 * @throws BackupProblem
 */
export async function makeBackup(
  source: BackupSource,
  openArchive: () => Promise<ArchiveWriter>,
  tell: Tell,
): Promise<Manifest> {
  const client = await openDumpSession(source.url);
  try {
    await holdOffDeletions(client);
    // Not before: the file that another one is writing to may have the same name.
    return await fillArchive(client, source, await openArchive(), tell);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Of one that is not filled to its end nothing is left. */
async function fillArchive(
  client: Client,
  source: BackupSource,
  archive: ArchiveWriter,
  tell: Tell,
): Promise<Manifest> {
  try {
    const { tables, blobs } = await dumpDatabase(client, archive, tell);
    const recordings = await copyBlobs(source.blobs, blobs, archive, tell);
    for (const [name, text] of source.secrets)
      await archive.add(secretPath(name), Readable.from([Buffer.from(text)]), { compress: false });
    // The lock has gone with the connection if that was lost, and with it what may be missing.
    await client.query('select 1');
    const manifest: Manifest = {
      format: FORMAT,
      serviceVersion: SERVICE_VERSION,
      ...tables,
      ...recordings,
      secretKeyChecks: source.secretKeyChecks,
      files: archive.files,
    };
    await archive.finish(manifest);
    return manifest;
  } catch (error) {
    await archive.giveUp();
    throw error;
  }
}

async function holdOffDeletions(client: Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(TAKE_BACKUP_LOCK);
  if (rows[0]?.taken !== true)
    throw new BackupProblem(EXIT.failed, 'Another backup of this database is being made. Wait for its end.');
}

async function dumpDatabase(
  client: Client,
  archive: ArchiveWriter,
  tell: Tell,
): Promise<{ tables: Tables; blobs: BlobInUse[] }> {
  await beginSnapshot(client);
  if (await isMarkedAsUnfinished(client))
    throw new BackupProblem(EXIT.failed, 'This database holds a restore that was not finished.');
  const migrations = await listMigrations(client);
  const moment = await client.query<{ now: Date }>('select now()');
  const createdAt = (moment.rows[0]?.now ?? new Date(Number.NaN)).toISOString();
  const tables: ArchivedTable[] = [];
  for (const table of await listTables(client)) {
    const rows = copyOut(client, table);
    await archive.add(tablePath(table.name), rows, { compress: true });
    tables.push({ ...table, rows: rows.rowCount });
  }
  const blobs = (await client.query<BlobInUse>(BLOBS_IN_USE)).rows;
  // They are not part of the snapshot. What they have gone on by meanwhile is skipped and never given twice.
  const sequences = await listSequences(client);
  await client.query('commit');
  const count = tables.reduce((sum, { rows }) => sum + rows, 0);
  tell(`Database: ${count} rows of ${tables.length} tables`);
  return { tables: { createdAt, migrations, tables, sequences }, blobs };
}
