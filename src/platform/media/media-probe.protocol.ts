import { AppError } from '../errors/app-error.js';
import { isErrorCode } from '../errors/error-codes.js';
import type { MediaInfo } from './media-info.js';

/** What the probe's child is told, once. */
export interface ProbeRequest {
  readonly path: string;
  readonly maxDurationSeconds: number | null;
}

/** What it answers, once. */
export type ProbeAnswer =
  | { readonly kind: 'info'; readonly info: MediaInfo }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string; readonly cause: string };

/** The child runs our own code; this only guards against a garbled channel, so it looks at what decides. */
export function isProbeAnswer(message: unknown): message is ProbeAnswer {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  return message.kind === 'info' || message.kind === 'refused';
}

export function isProbeRequest(message: unknown): message is ProbeRequest {
  return (
    typeof message === 'object' && message !== null && 'path' in message && typeof message.path === 'string'
  );
}

export function toRefusal(error: unknown): ProbeAnswer {
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

export function toInfo(answer: ProbeAnswer): MediaInfo {
  if (answer.kind === 'info') return answer.info;
  const code = isErrorCode(answer.code) ? answer.code : 'internal_error';
  throw new AppError(code, answer.detail, { cause: answer.cause });
}
