import { loadAppConfig, type AppConfig } from '../platform/config/app-config.js';
import { readEnvironment } from '../platform/config/environment.js';
import { AppError } from '../platform/errors/app-error.js';
import { codeOf } from '../platform/runtime/system-calls.js';
import { ArchiveReader } from './backup/archive-reader.js';
import { EXIT, type ExitCode } from './backup/backup-problem.js';
import { openBlobs } from './backup/blob-access.js';
import { openForRestore } from './backup/database-access.js';
import { assertKnownSchema, restoreBackup } from './backup/restore-backup.js';
import { assertRoom, assertSameSecrets, noRoom } from './backup/restore-target.js';
import { readOptions, runCommand, tell, UsageError } from './backup/run-command.js';

const USAGE = `Usage: npm run restore -- --from FILE [--into FOLDER] [--other-secrets]

  --from FILE       a backup; all of it is verified before anything is written
  --into FOLDER     the data folder to restore into; default: DATA_DIR
  --other-secrets   go on although SECRET_KEY is not the one of the backup

Database and recordings go where the settings of the service say (DATABASE_URL, S3_…), from the environment
and .env. Both have to be empty. When a restore breaks off, the same command goes on with it.
`;

/** PostgreSQL's. */
const DISK_FULL = '53100';

async function main(stop: AbortSignal): Promise<ExitCode> {
  const { from, into, otherSecrets, help } = readArguments();
  if (help || from === undefined) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const environment = readEnvironment();
  const config = loadAppConfig(
    into === undefined ? environment : { ...environment, DATA_DIR: into },
    process.stdout.isTTY,
  );
  const archive = await ArchiveReader.open(from);
  let damagedMedia: readonly string[];
  try {
    assertKnownSchema(from, archive.manifest);
    await archive.verify(stop, () => undefined);
    tell(`${from} is sound, as of ${archive.manifest.createdAt}.`);
    if (!otherSecrets) assertSameSecrets(config, archive.manifest);
    await assertRoom(config, archive.manifest);
    damagedMedia = await restore(archive, config, stop);
  } finally {
    archive.close();
  }
  tell('Restored. The service can be started.');
  if (damagedMedia.length === 0) return EXIT.ok;
  process.stderr.write(
    `Media whose recordings were damaged already when the backup was made: ${damagedMedia.join(', ')}\n`,
  );
  return EXIT.damagedRecordings;
}

function readArguments(): {
  from?: string | undefined;
  into?: string | undefined;
  otherSecrets: boolean;
  help: boolean;
} {
  const values = readOptions({
    from: { type: 'string' },
    into: { type: 'string' },
    'other-secrets': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  const { from, into, 'other-secrets': otherSecrets = false, help = false } = values;
  if (!help && (from === undefined || from === '')) throw new UsageError('Say what to restore: --from FILE.');
  return { from, into, otherSecrets, help };
}

async function restore(archive: ArchiveReader, config: AppConfig, stop: AbortSignal): Promise<string[]> {
  try {
    const database = await openForRestore(config, stop);
    try {
      const target = { config, url: database.url, blobs: await openBlobs(config) };
      return await restoreBackup(archive, target, stop, tell);
    } finally {
      await database.stop();
    }
  } catch (error) {
    if (isDiskFull(error)) throw noRoom(config.dataDir, undefined, error);
    throw error;
  }
}

function isDiskFull(error: unknown): boolean {
  return (
    (error instanceof AppError && error.code === 'storage_full') ||
    ['ENOSPC', DISK_FULL].includes(codeOf(error))
  );
}

runCommand(USAGE, main);
