import { AppError } from '../errors/app-error.js';

/**
 * Failures of the socket, SQLSTATE class 08, the server's own "I am going" and "I am full of connections", and class 28: a password that
 * was changed while it is being rotated.
 */
const OUTAGE_CODES = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|08\w{3}|28\w{3}|57P0\d|53300)$/;
/** What the driver says without a code. */
const OUTAGE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable/;
const DISK_FULL = '53100';
const RETRY_AFTER_SECONDS = 5;

/** What a statement threw: as an AppError where it tells of the state of the server, else as it is. */
export function translateDatabaseError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (OUTAGE_CODES.test(code) || OUTAGE_MESSAGES.test(thrown.message)) {
    return new AppError('database_unavailable', 'The database does not answer. Try again shortly.', {
      cause: thrown,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
  if (code === DISK_FULL) {
    return new AppError('storage_full', 'There is not enough space left to keep this.', { cause: thrown });
  }
  return thrown;
}

/** Whether the database could not be reached, so that the same may work later. */
export function isDatabaseOutage(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'database_unavailable';
}
