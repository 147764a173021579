import { ERRORS } from '@tus/server';
import { AppError } from '../../../../platform/errors/app-error.js';
import { fileTooLarge } from '../../../../platform/errors/file-too-large.js';
import type { TusRequest } from './tus-request.js';

const OFFSET_CONFLICT = 409;

/**
 * What the tus library has to say against a request, as one of our errors.
 *
 * @param text of the library: fixed sentences about headers, without anything of the request but their names
 */
export function toTusProblem(
  request: TusRequest,
  { status, text }: { readonly status: number; readonly text: string },
  maxBytes: number,
): AppError {
  if (status === OFFSET_CONFLICT)
    return new AppError(
      'upload_offset_wrong',
      'Upload-Offset is not where the upload stands. Ask by HEAD, and go on from there.',
    );
  if (text === ERRORS.ERR_MAX_SIZE_EXCEEDED.body) return fileTooLarge(maxBytes);
  if (text === ERRORS.ERR_SIZE_EXCEEDED.body) return tooManyBytes(isAnnounced(request), maxBytes);
  // The library has one sentence for all that can be wrong with a length; this one is of the creation.
  if (text === ERRORS.INVALID_LENGTH.body && request.http.method === 'PATCH')
    return new AppError(
      'malformed_request',
      'Upload-Length can be told once, where the creation has not, and is no less than has arrived.',
    );
  return new AppError('malformed_request', text.trim());
}

/** @param announced whether the upload has said how many there will be */
export function tooManyBytes(announced: boolean, maxBytes: number): AppError {
  return announced
    ? new AppError('file_too_large', 'There are more bytes than the upload was announced to have.')
    : fileTooLarge(maxBytes);
}

function isAnnounced({ http, session }: TusRequest): boolean {
  return session === null ? http.get('upload-length') !== undefined : session.sizeBytes !== null;
}

export function brokenOff(cause?: unknown): AppError {
  return new AppError('malformed_request', 'The request broke off before its end.', { cause });
}

export function versionUnsupported(): AppError {
  return new AppError('tus_version_unsupported', 'Send "Tus-Resumable: 1.0.0" with each request.');
}
