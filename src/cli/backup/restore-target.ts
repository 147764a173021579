import { mkdir } from 'node:fs/promises';
import type { Client } from 'pg';
import type { AppConfig } from '../../platform/config/app-config.js';
import { isMarkedAsUnfinished } from '../../platform/database/dump/restore-mark.js';
import { listTables } from '../../platform/database/dump/table-dump.js';
import { freeBytesOf } from '../../platform/runtime/free-bytes.js';
import type { BlobStore } from '../../modules/uploads/blobs/blob-store.port.js';
import { BackupProblem, EXIT } from './backup-problem.js';
import { blobKeyOf, type ArchivedFile, type Manifest } from './manifest.js';
import { checkOf } from './secrets.js';

/** A table takes about as much again for its indexes and for the log of the database. */
const DATABASE_FACTOR = 3;
/** What an empty embedded database takes. */
const EMPTY_DATABASE_BYTES = 80 * 2 ** 20;

/** @throws BackupProblem when there is something else than what an earlier restore has left unfinished */
export async function assertEmptyDatabase(client: Client): Promise<void> {
  if (await isMarkedAsUnfinished(client)) return;
  const tables = await listTables(client);
  if (tables.length > 0)
    throw new BackupProblem(
      EXIT.notEmpty,
      'The database to restore into is not empty. Take an empty one; nothing has been changed.',
    );
}

/** @throws BackupProblem when there are blobs of somebody else */
export async function assertNoOtherBlobs(store: BlobStore, { files }: Manifest): Promise<void> {
  const known = new Set(files.map(({ path }) => blobKeyOf(path)));
  // Whatever is stored was stored before the end of time.
  for await (const key of store.keysStoredBefore(new Date(8.64e15))) {
    if (!known.has(key))
      throw new BackupProblem(
        EXIT.notEmpty,
        'There are other recordings where those of the backup are to go. Take an empty place; nothing has been changed.',
      );
  }
}

/** @throws BackupProblem */
export async function assertRoom(
  { dataDir, database, blobs }: AppConfig,
  { files }: Manifest,
): Promise<void> {
  const sum = (wanted: (file: ArchivedFile) => boolean): number =>
    files.filter(wanted).reduce((bytes, file) => bytes + file.bytes, 0);
  const isBlob = (file: ArchivedFile): boolean => blobKeyOf(file.path) !== null;
  const forBlobs = blobs.s3 === null ? sum(isBlob) : 0;
  const forDatabase =
    database.url === null ? EMPTY_DATABASE_BYTES + DATABASE_FACTOR * sum((file) => !isBlob(file)) : 0;
  await mkdir(dataDir, { recursive: true });
  const free = await freeBytesOf(dataDir);
  if (free < forBlobs + forDatabase) throw noRoom(dataDir, forBlobs + forDatabase - free);
}

export function noRoom(dataDir: string, missingBytes?: number, cause?: unknown): BackupProblem {
  const missing = missingBytes === undefined ? '' : `, ${Math.ceil(missingBytes / 2 ** 20)} MB are missing`;
  return new BackupProblem(
    EXIT.noSpace,
    `There is not enough space for the backup in ${dataDir}${missing}.`,
    {
      cause,
    },
  );
}

/** @throws BackupProblem when what is sealed in the backup could not be opened under the keys that the settings name */
export function assertSameSecrets(config: AppConfig, { secretKeyChecks, files }: Manifest): void {
  const named = config.auth.secretKeys;
  const isInArchive = files.some(({ path }) => path === 'secrets/secret-key');
  if (named.length === 0 && isInArchive) return;
  if (named.some((key) => secretKeyChecks.includes(checkOf(key)))) return;
  throw new BackupProblem(
    EXIT.otherSecrets,
    `SECRET_KEY is not the one of the backup: secrets of webhooks could not be read. Set it${isInArchive ? ', or set none to take the one in the backup,' : ''} or say --other-secrets.`,
  );
}
