import { AppError } from '../../../platform/errors/app-error.js';
import { codeOf } from '../../../platform/runtime/system-calls.js';

/** What the system says of a disk that is full, as our error; anything else as it is. */
export function translateDiskFull(error: unknown): unknown {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? storageFull(error) : error;
}

export function storageFull(cause?: unknown): AppError {
  return new AppError('storage_full', 'There is not enough space left to keep this file.', { cause });
}

/** Clients and workers try again. */
const RETRY_AFTER_SECONDS = 5;

export function storageUnavailable(cause: unknown): AppError {
  return new AppError('storage_unavailable', 'The store of recordings cannot be reached.', {
    retryAfter: RETRY_AFTER_SECONDS,
    cause,
  });
}
