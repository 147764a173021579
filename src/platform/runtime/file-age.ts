import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './system-calls.js';

/** Removes what nobody has written to since. */
export async function removeFilesBefore(folder: string, time: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isOlder(path, time)) await rm(path, { force: true });
  }
}

/** False also for what is gone by now. Writing to a file makes it young again. */
export async function isOlder(path: string, time: Date): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < time.getTime();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
