import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '../errors/startup-error.js';
import { codeOf } from './system-calls.js';

/** Passable but not listable: where root must hand the embedded database to another user, that user has to get through. */
const FOLDER_MODE = 0o711;

/**
 * Creates the data folder if it is missing and writes to it, which is the only proof that this is possible.
 *
 * @returns its real path
 * @throws StartupError when it cannot be written or the disk is full
 */
export async function prepareDataFolder(dataDir: string): Promise<string> {
  try {
    await makeFolder(dataDir);
    const probe = path.join(dataDir, `.write-probe-${process.pid}`);
    await writeFile(probe, 'x'.repeat(4096));
    await rm(probe);
    return await realpath(dataDir);
  } catch (cause) {
    if (codeOf(cause) === 'ENOSPC') throw noSpace(dataDir, cause);
    throw new StartupError(`The data folder ${dataDir} cannot be written (${codeOf(cause)}).`, { cause });
  }
}

export function noSpace(dataDir: string, cause: unknown): StartupError {
  return new StartupError(`There is no space left on the disk of the data folder ${dataDir}.`, { cause });
}

/** Parents first, by hand: Node's own recursive form calls every failure ENOENT and never ends in places such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await mkdir(folder, { mode: FOLDER_MODE });
  }
}
