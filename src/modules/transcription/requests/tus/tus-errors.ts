import { AppError } from '../../../../platform/errors/app-error.js';
import { fileTooLarge } from '../../../../platform/errors/file-too-large.js';

const OFFSET_CONFLICT = 409;
const TOO_LARGE = 413;

/**
 * What the tus library has to say against a request, as one of our errors.
 *
 * @param text of the library: fixed sentences about headers, without anything of the request but their names
 */
export function toTusProblem(status: number, text: string, maxBytes: number): AppError {
  if (status === OFFSET_CONFLICT)
    return new AppError(
      'upload_offset_wrong',
      'Upload-Offset is not where the upload stands. Ask by HEAD, and go on from there.',
    );
  if (status === TOO_LARGE) return fileTooLarge(maxBytes);
  return new AppError('malformed_request', text.trim());
}

export function brokenOff(cause?: unknown): AppError {
  return new AppError('malformed_request', 'The request broke off before its end.', { cause });
}

export function versionUnsupported(): AppError {
  return new AppError('tus_version_unsupported', 'Send "Tus-Resumable: 1.0.0" with each request.');
}
