import { AppError } from '../errors/app-error.js';

/**
 * Failures of the socket, SQLSTATE class 08 but for what we say wrongly ourselves, the server's own "I am going" and "I am full of connections", and class 28: a password that
 * was changed while it is being rotated.
 */
const OUTAGE_CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|08(?!P01)\w{3}|28\w{3}|57P0\d|53300)$/;
/** What the driver says without a code. */
const OUTAGE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable/;
const DISK_FULL = '53100';
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The class of errors about values, whose messages quote them. */
const ABOUT_A_VALUE = '22';
const STACK_FRAME = /^ +at .+:\d+:\d+\)?$/;
const RETRY_AFTER_SECONDS = 5;

/**
 * What a statement threw: as an AppError where it tells of the state of the server, else without the values that the server quotes. They
 * are passwords' hashes and what people said, and errors are logged.
 */
export function translateDatabaseError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (OUTAGE_CODES.test(code) || OUTAGE_MESSAGES.test(thrown.message)) {
    return databaseUnavailable(thrown);
  }
  if (code === DISK_FULL) {
    return new AppError('storage_full', 'There is not enough space left to keep this.', { cause: thrown });
  }
  return SQLSTATE.test(code) ? withoutValues(thrown, code) : thrown;
}

export function databaseUnavailable(cause: unknown): AppError {
  return new AppError('database_unavailable', 'The database does not answer. Try again shortly.', {
    cause,
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** The row that was refused stands behind the first line, and in further fields. What refused it, a name of our schema, is kept. */
function withoutValues(thrown: Error, code: string): Error {
  const { name, message, stack = '' } = thrown;
  const constraint = 'constraint' in thrown ? { constraint: thrown.constraint } : {};
  const [first = ''] = message.split('\n');
  const told = code.startsWith(ABOUT_A_VALUE) ? 'the database could not take a value' : first;
  const error = Object.assign(new Error(`${told} (SQLSTATE ${code})`), { name, code, ...constraint });
  const frames = stack.split('\n').filter((line) => STACK_FRAME.test(line));
  error.stack = [`${name}: ${error.message}`, ...frames].join('\n');
  return error;
}

/** Whether the database could not be reached, so that the same may work later. */
export function isDatabaseOutage(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && thrown.code === 'database_unavailable';
}
