import { statfs } from 'node:fs/promises';
import { AppError } from '../../../../platform/errors/app-error.js';
import { StartupError } from '../../../../platform/errors/startup-error.js';
import { codeOf } from '../../../../platform/runtime/system-calls.js';

/** Left free for everything else that lives on the disk, the database first of all. */
const MARGIN_BYTES = 256 * 2 ** 20;
const MEGABYTE = 1e6;

/** @throws AppError storage_full */
export async function assertSpace(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (neededBytes + MARGIN_BYTES <= free) return;
  throw new AppError(
    'storage_full',
    `The model needs ${megabytes(neededBytes + MARGIN_BYTES)} MB of disk space, of which ${megabytes(free)} MB are free.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / MEGABYTE);
}

/** What the system said about writing under MODEL_DIR, in the words of the service. */
export function translateDiskError(error: unknown): unknown {
  // The lock file is opened by code that also serves the start.
  const code = codeOf(error instanceof StartupError ? error.cause : error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('storage_full', 'The disk of MODEL_DIR is full.', { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new AppError('model_dir_unwritable', `MODEL_DIR cannot be written (${code}).`, { cause: error });
  }
  return error;
}
