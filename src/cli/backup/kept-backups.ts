import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** As `nameAt` makes them: sorted by name they are sorted by time. */
const BACKUP = /^whisper-transcriber-\d{8}T\d{6}Z\.zip$/;

/** What a backup of this moment is called in a folder. */
export function nameAt(time: Date): string {
  return `whisper-transcriber-${time.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.zip`;
}

/** Deletes all backups of a folder but the newest ones; files of other names stay. Gives the names of those that are gone. */
export async function keepNewest(folder: string, most: number): Promise<string[]> {
  const backups = (await readdir(folder)).filter((name) => BACKUP.test(name)).sort();
  const old = backups.slice(0, -most);
  for (const name of old) await rm(path.join(folder, name));
  return old;
}
