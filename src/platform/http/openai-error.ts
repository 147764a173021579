import type { AppError } from '../errors/app-error.js';
import type { ErrorCode, ErrorKind } from '../errors/error-codes.js';
import { statusOf } from './problem.js';

/** The body of every error under /v1, as clients of OpenAI read it. */
export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export interface OpenAiErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: OpenAiErrorBody;
}

interface Face {
  readonly status?: number;
  readonly type?: string;
  readonly param?: string;
  readonly code?: string | null;
  /** The clients of OpenAI repeat 409, 429 and all from 500 on unless they are told that it is of no use. */
  readonly isLasting?: boolean;
}

/** Those that are not as `problem.ts` has them: validation is 400 here, and so is media that is of no use. */
const STATUS: Partial<Record<ErrorKind, number>> = { invalid: 400, unsupported_type: 400, no_space: 503 };

const NO_MODEL: Face = { status: 404, param: 'model', code: 'model_not_found' };
const NO_SOUND: Face = { param: 'file', code: null };
const TOO_SHORT: Face = { param: 'file', code: 'audio_too_short' };
const TOO_LARGE: Face = { param: 'file', code: 'request_too_large' };
const NOT_ALLOWED: Face = { code: 'insufficient_permissions' };
const TOO_FAST: Face = { type: 'requests', code: 'rate_limit_exceeded' };
const OVERLOADED: Face = { code: 'overloaded' };
const USED_UP: Face = {
  status: 429,
  type: 'insufficient_quota',
  code: 'insufficient_quota',
  isLasting: true,
};

/** What has another name there. Other errors keep their own code, which clients do not know and show. */
const FACES: Partial<Record<ErrorCode, Face>> = {
  malformed_request: { code: null },
  malformed_multipart: { code: null },
  content_type_unsupported: { code: null },
  field_missing: { code: 'missing_required_parameter' },
  parameter_unsupported: { code: 'unsupported_parameter' },
  option_unsupported: { code: 'unsupported_parameter' },
  task_unsupported: { param: 'model', code: 'unsupported_parameter' },
  file_missing: { param: 'file', code: 'missing_required_parameter' },
  too_many_files: { param: 'file', code: 'invalid_value' },
  file_too_large: TOO_LARGE,
  body_too_large: TOO_LARGE,
  unsupported_media: NO_SOUND,
  corrupt_media: NO_SOUND,
  too_many_tracks: NO_SOUND,
  no_audio: { param: 'file', code: 'no_audio_track' },
  empty_file: TOO_SHORT,
  empty_audio: TOO_SHORT,
  audio_too_long: { status: 400, param: 'file' },
  model_unknown: NO_MODEL,
  model_not_ready: NO_MODEL,
  model_too_large: { status: 400, param: 'model' },
  language_unknown: { param: 'language', code: 'unsupported_language' },
  access_denied: NOT_ALLOWED,
  password_change_required: NOT_ALLOWED,
  rate_limited: TOO_FAST,
  too_many_active_jobs: TOO_FAST,
  too_many_streams: TOO_FAST,
  audio_quota_exceeded: USED_UP,
  storage_quota_exceeded: USED_UP,
  storage_full: OVERLOADED,
  streams_exhausted: OVERLOADED,
  route_not_found: { code: 'unknown_url' },
  idempotency_key_reused: { status: 422, isLasting: true },
  internal_error: { code: null },
  transcription_failed: { code: null },
  worker_lost: { code: null },
};

/** The clients of OpenAI do not come back at all when they are told to wait longer. */
const MAX_RETRY_AFTER_SECONDS = 120;
const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** @param hasCredentials whether the request brought any: there is a difference between none and wrong ones */
export function toOpenAiError(error: AppError, hasCredentials: boolean): OpenAiErrorAnswer {
  const face = FACES[error.code] ?? {};
  const status = face.status ?? STATUS[error.kind] ?? statusOf(error);
  const param = face.param ?? error.errors[0]?.field.replace(/\[.*$/, '') ?? null;
  const type = face.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  const code = error.kind === 'unauthenticated' ? unauthenticatedCode(hasCredentials) : face.code;
  return {
    status,
    headers: retryHeaders(error, status, face),
    body: {
      error: {
        message: messageOf(error),
        type,
        param,
        code: code === undefined ? ownCode(error, param) : code,
      },
    },
  };
}

function unauthenticatedCode(hasCredentials: boolean): string | null {
  return hasCredentials ? 'invalid_api_key' : null;
}

function ownCode({ code }: AppError, param: string | null): string {
  if (code !== 'validation_failed') return code;
  return param === 'response_format' ? 'unsupported_value' : 'invalid_value';
}

function messageOf({ detail, errors }: AppError): string {
  return errors.length === 0
    ? detail
    : errors.map(({ field, message }) => `'${field}' ${message}.`).join(' ');
}

function retryHeaders(error: AppError, status: number, { isLasting }: Face): Record<string, string> {
  const seconds = error.retryAfter ?? (status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  const isConflict = status === 409 && seconds === undefined;
  const isTooLong = (seconds ?? 0) > MAX_RETRY_AFTER_SECONDS;
  if (error.isFinal || isLasting === true || isConflict || isTooLong) return { 'x-should-retry': 'false' };
  return seconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) };
}
