import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveReader } from './archive-reader.js';
import { PARTIAL } from './archive-writer.js';
import { BackupProblem } from './backup-problem.js';
import { lacksNothing } from './manifest.js';

const BACKUP = /^whisper-transcriber-\d{8}T\d{6}Z\.zip$/;

interface Found {
  readonly name: string;
  readonly createdAt: string;
  readonly isComplete: boolean;
}

/** What a backup of this moment is called in a folder. */
export function nameAt(time: Date): string {
  return `whisper-transcriber-${time.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.zip`;
}

/** Deletes what backups that were killed have left in their folder. Only for who holds the lock: another's would be under way. */
export async function removeLeftovers(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter(
    (name) => name.endsWith(PARTIAL) && BACKUP.test(path.basename(name, PARTIAL)),
  );
  for (const name of left) await rm(path.join(folder, name), { force: true });
}

/**
 * Deletes backups of a folder but for the newest ones that lack nothing, and the newest one that lacks recordings. The one that was just
 * made is the newest of its kind, whatever the others say of their time. What has another name, or cannot be read, stays and counts for
 * nothing.
 *
 * @returns the names of those that are gone, and of those that could not be read
 */
export async function keepNewest(
  folder: string,
  made: string,
  most: number,
): Promise<{ gone: string[]; unread: string[] }> {
  const found: Found[] = [];
  const unread: string[] = [];
  for (const name of (await readdir(folder)).filter((one) => BACKUP.test(one)).sort()) {
    const backup = await look(folder, name);
    if (backup === null) unread.push(name);
    else found.push(backup);
  }
  found.sort((one, other) => compare(one, other, made));
  const complete = found.filter(({ isComplete }) => isComplete).slice(most);
  const incomplete = found.filter(({ isComplete }) => !isComplete).slice(1);
  const gone = [...complete, ...incomplete].map(({ name }) => name).sort();
  for (const name of gone) await rm(path.join(folder, name), { force: true });
  return { gone, unread };
}

/** The newest first. */
function compare(one: Found, other: Found, made: string): number {
  if (one.name === made || other.name === made) return one.name === made ? -1 : 1;
  return other.createdAt.localeCompare(one.createdAt);
}

async function look(folder: string, name: string): Promise<Found | null> {
  try {
    const archive = await ArchiveReader.open(path.join(folder, name));
    archive.close();
    const { manifest } = archive;
    return { name, createdAt: manifest.createdAt, isComplete: lacksNothing(manifest) };
  } catch (error) {
    if (error instanceof BackupProblem) return null;
    throw error;
  }
}
