import type { ErrorCode } from '../../../platform/errors/error-codes.js';

/** Of the form that a file comes in. */
export const FORM_PROBLEMS = [
  'malformed_multipart',
  'malformed_request',
  'content_type_unsupported',
  'file_missing',
  'too_many_files',
  'file_too_large',
] as const satisfies readonly ErrorCode[];

/** Of what the file is. */
export const FILE_PROBLEMS = [
  'empty_file',
  'unsupported_media',
  'corrupt_media',
  'no_audio',
  'empty_audio',
  'too_many_tracks',
  'audio_too_long',
] as const satisfies readonly ErrorCode[];

/** Of how a file is to be heard. */
export const DECODING_PROBLEMS = [
  'validation_failed',
  'model_unknown',
  'model_not_ready',
  'model_too_large',
  'language_unknown',
  'task_unsupported',
] as const satisfies readonly ErrorCode[];

/** Of what is to be done with a file. */
export const ORDER_PROBLEMS = [
  ...DECODING_PROBLEMS,
  'url_invalid',
  'url_forbidden',
  'priority_forbidden',
] as const satisfies readonly ErrorCode[];

/** Of a file and an order that meet. */
export const TRANSCRIPTION_PROBLEMS = [
  ...FILE_PROBLEMS,
  ...ORDER_PROBLEMS,
  'track_unknown',
  'too_many_channels',
] as const satisfies readonly ErrorCode[];

/** Of what one user may have transcribed. */
export const JOB_PROBLEMS = [
  'too_many_active_jobs',
  'audio_quota_exceeded',
] as const satisfies readonly ErrorCode[];

/** Of the room for a file. */
export const ROOM_PROBLEMS = [
  'storage_quota_exceeded',
  'storage_full',
  'storage_unavailable',
] as const satisfies readonly ErrorCode[];
