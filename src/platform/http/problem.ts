import { HttpException } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';
import type { ErrorCode, ErrorKind } from '../errors/error-codes.js';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  locked: 423,
  too_large: 413,
  unsupported_type: 415,
  invalid: 422,
  internal: 500,
  upstream: 502,
  unavailable: 503,
  no_space: 507,
  rate_limited: 429,
  range_not_satisfiable: 416,
  precondition_failed: 412,
  precondition_required: 428,
  // Of tus.
  checksum_mismatch: 460,
  timed_out: 408,
  headers_too_large: 431,
  expectation_failed: 417,
  method_not_allowed: 405,
};

/** The body of every error, after RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  request_id?: string;
  errors?: readonly { field: string; message: string }[];
}

export function statusOf(error: AppError): number {
  return STATUS[error.kind];
}

export function toProblem(error: AppError, requestId: string | undefined): Problem {
  return {
    type: `urn:whisper-transcriber:error:${error.code}`,
    title: error.title,
    status: statusOf(error),
    detail: error.detail,
    code: error.code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
    ...error.members,
  };
}

/** Whatever was thrown, as an AppError. What nobody expected becomes `internal_error`, with the original as its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOfBodyParser(thrown);
  switch (status) {
    case 400:
      return isJsonSyntaxError(thrown)
        ? new AppError('malformed_json', 'The body could not be parsed as JSON.', { cause: thrown })
        : new AppError('malformed_request', 'The request is malformed.', { cause: thrown });
    case 404:
      return new AppError('route_not_found', 'There is no such route. /docs lists all of them.', {
        cause: thrown,
      });
    case 412:
      return new AppError('precondition_failed', 'The file has changed since.', { cause: thrown });
    case 413:
      return new AppError('body_too_large', 'The request body is larger than this route accepts.', {
        cause: thrown,
      });
    case 415:
      return new AppError('content_type_unsupported', 'This route does not accept this content type.', {
        cause: thrown,
      });
    case 416:
      return new AppError('range_not_satisfiable', 'The file is not as long as that.', { cause: thrown });
    case undefined:
    default:
      return new AppError('internal_error', 'The error was logged under the request id.', { cause: thrown });
  }
}

/** Express and its body parser put the status on the error. */
function statusOfBodyParser(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  return typeof thrown.status === 'number' ? thrown.status : undefined;
}

function isJsonSyntaxError(thrown: unknown): boolean {
  const error = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  return error instanceof Error && error.message.includes('JSON');
}
