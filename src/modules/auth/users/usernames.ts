import { AppError } from '../../../platform/errors/app-error.js';

/** What the service calls itself and its parts, in the audit trail and elsewhere: no person is to be taken for it. */
const RESERVED = ['anonymous', 'nobody', 'root', 'service', 'system', 'whisper-transcriber', 'worker'];

/** Without other alphabets: in those there are letters that look like these and are not, so that two users would look the same. */
const USERNAME = /^[a-z\d][a-z\d.\-_@+]{2,63}$/;

/** One spelling for all that are the same name. */
export function normalizeUsername(typed: string): string {
  return typed.normalize('NFKC').toLowerCase();
}

/**
 * The name of a user who is to be made.
 *
 * @throws AppError validation_failed
 */
export function toNewUsername(typed: string): string {
  const name = normalizeUsername(typed);
  if (!USERNAME.test(name)) throw isRefused('must be 3 to 64 letters (a to z), digits and . _ @ + -');
  if (RESERVED.includes(name)) throw isRefused('is a name of the service itself');
  return name;
}

function isRefused(message: string): AppError {
  return new AppError('validation_failed', 'Please correct: username.', {
    errors: [{ field: 'username', message }],
  });
}
