import { access, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './exit-codes.js';

/**
 * Makes the folder of the results, if it is not there.
 *
 * @throws UsageError when it is none, or nothing can be written into it
 */
export async function openResultFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`Nothing can be written to ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** One after the other: Node's own way of making all of them does not end where a file system makes none. */
export async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  if (found !== null) throw new Error('it is no folder');
  await makeFolder(path.dirname(path.resolve(folder)));
  await mkdir(folder).catch((error: unknown) => {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}
