import { TranscriberError } from '@whisper-transcriber/client-sdk';

/** What went wrong, in words for people. */
export interface ProblemWords {
  readonly title: string;
  readonly detail: string;
  /** Names the request in the log of the service; only its own faults are looked up there. */
  readonly requestId: string | null;
  /** The same may succeed later: nothing was wrong with it. */
  readonly isPassing: boolean;
}

const TITLES: Readonly<Record<string, string>> = {
  unreachable: 'No connection',
  answer_invalid: 'Unexpected answer',
  unauthenticated: 'You are not signed in',
  credentials_wrong: 'That did not match',
  sign_in_limited: 'Too many attempts',
  rate_limited: 'Too many requests',
  password_weak: 'This password is too easy to guess',
  current_password_wrong: 'The current password is wrong',
  access_denied: 'This is not open to you',
  job_not_found: 'There is no such job',
  transcript_not_ready: 'There is no transcript yet',
  file_too_large: 'The file is too large',
  empty_file: 'The file is empty',
  unsupported_media: 'This is no recording that can be read',
  corrupt_media: 'The file is damaged',
  no_audio: 'There is no sound in this file',
  storage_quota_exceeded: 'Your storage is full',
  audio_quota_exceeded: 'The minutes of today are used up',
  too_many_active_jobs: 'You have as many jobs as you may have at a time',
  voice_name_taken: 'You have a voice with this name already',
  voice_not_found: 'This voice was deleted meanwhile',
  too_many_voices: 'You have as many voices as you may have',
  storage_full: 'The server’s disk is full',
  model_not_ready: 'This model is not on the server yet',
};

/** @param error whatever was thrown */
export function problemOf(error: unknown): ProblemWords {
  if (!(error instanceof TranscriberError)) return unexpected(error);
  const { code, status, requestId } = error;
  return {
    title: TITLES[code] ?? (status >= 500 ? 'The service has a problem' : 'The service refused this'),
    detail: detailOf(error),
    requestId: status >= 500 ? requestId : null,
    isPassing: status === 0 || status === 429 || status >= 500 || code === 'answer_invalid',
  };
}

function detailOf({ code, message, fields, retryAfter }: TranscriberError): string {
  if (code === 'unreachable')
    return 'The service does not answer. Check that it is running and that this device is online.';
  if (code === 'answer_invalid')
    return 'What answered is not the service, perhaps a proxy in front of it. Try again in a moment.';
  if (code === 'sign_in_limited' && retryAfter !== null)
    return `Try again in ${inWords(retryAfter)}. Waiting helps; trying on makes the pause longer.`;
  const wrong = fields.map(({ field, message: what }) => `${field}: ${what}`).join('; ');
  return wrong === '' ? message : `${message} (${wrong})`;
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} ${Math.ceil(seconds) === 1 ? 'second' : 'seconds'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

function unexpected(error: unknown): ProblemWords {
  const isMissing =
    error instanceof DOMException && ['NotFoundError', 'NotReadableError'].includes(error.name);
  return {
    title: isMissing ? 'The file cannot be read' : 'Something went wrong in this page',
    detail: isMissing
      ? 'It was moved, changed or deleted meanwhile. Choose it again.'
      : 'Reload the page. What was sent is safe on the server.',
    requestId: null,
    isPassing: false,
  };
}
