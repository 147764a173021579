import { AppError } from '../errors/app-error.js';
import { isErrorCode } from '../errors/error-codes.js';

/** An error on its way from the decoder's process to the one that asked. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly detail: string;
  readonly cause: string;
}

export function toRefusal(error: unknown): Refusal {
  if (error instanceof AppError) {
    return { kind: 'refused', code: error.code, detail: error.detail, cause: causeOf(error) };
  }
  return {
    kind: 'refused',
    code: 'internal_error',
    detail: 'The file could not be examined.',
    cause: causeOf({ cause: error }),
  };
}

function causeOf(error: { cause?: unknown }): string {
  if (typeof error.cause === 'string') return error.cause;
  return error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : '';
}

export function toError(answer: unknown): AppError {
  if (!isRefusal(answer)) return new AppError('internal_error', 'The file could not be examined.');
  const code = isErrorCode(answer.code) ? answer.code : 'internal_error';
  return new AppError(code, answer.detail, { cause: answer.cause });
}

/** The child runs our own code; this only guards against a garbled channel, so it looks at what decides. */
function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'refused';
}
