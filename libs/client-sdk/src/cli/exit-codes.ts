import { TranscriberError } from '../transcriber-error.js';

export const EXIT = {
  allGood: 0,
  someFailed: 1,
  usage: 2,
  notReachable: 3,
  notSignedIn: 4,
  interrupted: 130,
  /** As of a program that the system ends for it. */
  outputClosed: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof TranscriberError)) return EXIT.someFailed;
  if (error.code === 'unreachable' || error.code === 'answer_invalid') return EXIT.notReachable;
  return error.status === 401 ? EXIT.notSignedIn : EXIT.someFailed;
}

/** In words, with the code that the service gives it; what is wrong with fields rather than that something is. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof TranscriberError)) return error.message;
  const id = error.requestId === null ? '' : `, request ${error.requestId}`;
  const faults = error.fields.map(({ field, message }) => `${field} ${message}`).join('; ');
  return `${faults === '' ? error.message : `${faults}.`} (${error.code}${id})`;
}

/** For programs, which branch on `code`. */
export function failureOf(error: unknown): { status: 'failed'; code: string; error: string } {
  return { status: 'failed', code: codeOf(error), error: describeError(error) };
}

function codeOf(error: unknown): string {
  if (error instanceof UsageError) return 'usage';
  return error instanceof TranscriberError ? error.code : 'failed';
}
