import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadAppConfig, type AppConfig } from '../platform/config/app-config.js';
import { readEnvironment } from '../platform/config/environment.js';
import { noteBackup } from '../platform/database/dump/note-backup.js';
import { SystemClock } from '../platform/runtime/clock.js';
import { ArchiveReader } from './backup/archive-reader.js';
import { ArchiveWriter } from './backup/archive-writer.js';
import { BackupProblem, EXIT, type ExitCode } from './backup/backup-problem.js';
import { openBlobs } from './backup/blob-access.js';
import { openForBackup } from './backup/database-access.js';
import { keepNewest, nameAt, removeLeftovers } from './backup/kept-backups.js';
import { makeBackup, type BackupSource } from './backup/make-backup.js';
import type { Manifest } from './backup/manifest.js';
import { readOptions, runCommand, tell, UsageError } from './backup/run-command.js';
import { checkOf, readGenerated } from './backup/secrets.js';

const USAGE = `Usage: npm run backup -- --out FILE|FOLDER [--verify] [--keep COUNT]
       npm run backup -- --verify FILE

  --out FILE|FOLDER   where to write the backup; in a folder it gets a name with the time
  --verify            read it again when it is written, and compare every file with its hash
  --keep COUNT        then delete those of such names in this folder, but for the newest COUNT that lack nothing
                      and the newest one that lacks recordings

Database, recordings and generated secrets, as they are at one moment; the service may run meanwhile.
Settings are those of the service (DATA_DIR, DATABASE_URL, S3_…), from the environment and .env.
`;

const NAME_PAUSE_MS = 100;

interface Arguments {
  readonly out?: string;
  readonly verify: boolean;
  readonly keep?: number;
  readonly help?: boolean;
  /** To be verified, and nothing else. */
  readonly file?: string;
}

async function main(stop: AbortSignal): Promise<ExitCode> {
  const { out, verify, keep, help, file } = readArguments();
  if (help === true) process.stdout.write(USAGE);
  else if (file !== undefined) await verifyFile(file, stop);
  else if (out !== undefined) return backUp(out, { verify, keep }, stop);
  return EXIT.ok;
}

function readArguments(): Arguments {
  const alone = /^--verify=?(.*)$/.exec(process.argv[2] ?? '');
  const [, , , next] = process.argv;
  if (alone !== null && process.argv.length === 4 && next !== undefined && !next.startsWith('-'))
    return { verify: true, file: next };
  const {
    out,
    keep,
    verify = false,
    help = false,
  } = readOptions({
    out: { type: 'string' },
    keep: { type: 'string' },
    verify: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (help) return { verify, help };
  if (out === undefined || out === '') throw new UsageError('Say where to write it: --out FILE|FOLDER.');
  return { out, verify, ...(keep === undefined ? {} : { keep: readCount(keep) }) };
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError('--keep takes how many to keep: 1 or more.');
  return Number(text);
}

async function backUp(
  out: string,
  { verify, keep }: { verify: boolean; keep: number | undefined },
  stop: AbortSignal,
): Promise<ExitCode> {
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  const database = await openForBackup(config, stop);
  let target = '';
  let manifest: Manifest;
  try {
    const open = async (): Promise<ArchiveWriter> => {
      target = await chooseFile(out, keep !== undefined);
      if (keep !== undefined) await removeLeftovers(out);
      return ArchiveWriter.create(target, stop);
    };
    manifest = await makeBackup(await sourceOf(config, database.url), open, tell);
    tell(`${target} is written.`);
    if (verify) await verifyFile(target, stop);
    await note(database.url, manifest);
  } finally {
    await database.stop();
  }
  if (keep !== undefined) await deleteOld(out, path.basename(target), keep);
  return tellLosses(manifest);
}

/** The backup is good without. */
async function note(url: string, { createdAt }: Manifest): Promise<void> {
  await noteBackup(url, createdAt).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The service was not told of this backup: ${reason}\n`);
  });
}

async function deleteOld(folder: string, made: string, keep: number): Promise<void> {
  const { gone, unread } = await keepNewest(folder, made, keep);
  for (const name of gone) tell(`${path.join(folder, name)} is deleted.`);
  for (const name of unread) tell(`${path.join(folder, name)} is left alone: it cannot be read as a backup.`);
}

function tellLosses({ missingBlobs, damagedBlobs = [] }: Manifest): ExitCode {
  if (missingBlobs.length > 0)
    process.stderr.write(
      `Recordings that are not in the store any more, and so not in the backup: ${missingBlobs.join(', ')}\n`,
    );
  if (damagedBlobs.length > 0)
    process.stderr.write(
      `Recordings that are damaged in the store, and so in the backup: ${damagedBlobs.join(', ')}\n`,
    );
  if (damagedBlobs.length > 0) return EXIT.damagedRecordings;
  return missingBlobs.length > 0 ? EXIT.incomplete : EXIT.ok;
}

async function sourceOf(config: AppConfig, url: string): Promise<BackupSource> {
  const secrets = await readGenerated(config);
  const generated = secrets.get('secret-key');
  const secretKeys = [...config.auth.secretKeys, ...(generated === undefined ? [] : [generated])];
  return { url, blobs: await openBlobs(config), secrets, secretKeyChecks: secretKeys.map(checkOf) };
}

/** @throws BackupProblem when there is a file of this name; UsageError when it has to be a folder and is none */
async function chooseFile(out: string, isFolder: boolean): Promise<string> {
  const found = await stat(out).catch(() => null);
  if (found?.isDirectory() === true) return chooseName(out);
  if (isFolder) throw new UsageError('--keep needs a folder that is there: --out FOLDER.');
  if (found !== null)
    throw new BackupProblem(EXIT.notEmpty, `There is a file ${out} already. Choose another name.`);
  if ((await stat(path.dirname(path.resolve(out))).catch(() => null)) === null)
    throw new BackupProblem(EXIT.failed, `There is no folder ${path.dirname(path.resolve(out))}.`);
  return out;
}

/** One of the same second is left as it is. */
async function chooseName(folder: string): Promise<string> {
  for (;;) {
    const file = path.join(folder, nameAt(new SystemClock().now()));
    if ((await stat(file).catch(() => null)) === null) return file;
    await delay(NAME_PAUSE_MS);
  }
}

async function verifyFile(file: string, stop: AbortSignal): Promise<void> {
  const archive = await ArchiveReader.open(file);
  try {
    await archive.verify(stop, () => undefined);
    const { files, createdAt, serviceVersion } = archive.manifest;
    tell(`${file} is sound: ${files.length} files, as of ${createdAt}, made by version ${serviceVersion}.`);
  } finally {
    archive.close();
  }
}

runCommand(USAGE, main);
