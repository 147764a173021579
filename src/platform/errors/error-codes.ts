/**
 * Every error that leaves the service, in one table. `kind` is what went wrong in general and decides the HTTP status
 * (platform/http knows how); the code is what clients branch on and never changes. docs/errors.md is written from this table.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'locked'
  | 'conflict'
  | 'too_large'
  | 'unsupported_type'
  | 'invalid'
  | 'internal'
  | 'upstream'
  | 'unavailable'
  | 'no_space'
  | 'rate_limited'
  | 'range_not_satisfiable'
  | 'precondition_failed'
  | 'precondition_required'
  | 'checksum_mismatch'
  | 'timed_out'
  | 'headers_too_large'
  | 'expectation_failed'
  | 'method_not_allowed';

interface ErrorCodeEntry {
  readonly kind: ErrorKind;
  readonly title: string;
}

export const ERROR_CODES = {
  // The request itself
  malformed_request: { kind: 'malformed', title: 'The request could not be read' },
  malformed_json: { kind: 'malformed', title: 'The body is not valid JSON' },
  malformed_multipart: { kind: 'malformed', title: 'The multipart body is broken or was cut off' },
  content_type_unsupported: { kind: 'unsupported_type', title: 'This content type is not accepted here' },
  body_too_large: { kind: 'too_large', title: 'The request body is too large' },
  headers_too_large: { kind: 'headers_too_large', title: 'The header fields of the request are too long' },
  request_timeout: { kind: 'timed_out', title: 'The request did not come to its end in time' },
  expectation_failed: { kind: 'expectation_failed', title: 'This expectation is not met' },
  validation_failed: { kind: 'invalid', title: 'The request has invalid fields' },
  field_missing: { kind: 'invalid', title: 'The request lacks a field' },
  parameter_unsupported: { kind: 'invalid', title: 'This parameter of the OpenAI API is not supported' },
  precondition_failed: { kind: 'precondition_failed', title: 'The file is not the one that was meant' },
  method_not_allowed: { kind: 'method_not_allowed', title: 'This method is not for this address' },
  route_not_found: { kind: 'not_found', title: 'There is nothing at this address' },
  idempotency_key_invalid: { kind: 'malformed', title: 'The Idempotency-Key cannot be used' },
  idempotency_key_reused: { kind: 'invalid', title: 'The Idempotency-Key belongs to another request' },
  idempotency_in_progress: {
    kind: 'conflict',
    title: 'The request with this Idempotency-Key is still running',
  },
  origin_forbidden: { kind: 'forbidden', title: 'Requests from this origin are refused' },
  unauthenticated: { kind: 'unauthenticated', title: 'The request needs credentials that are valid' },
  credentials_wrong: { kind: 'unauthenticated', title: 'User name or password is wrong' },
  refresh_token_invalid: { kind: 'unauthenticated', title: 'The session has to be begun anew' },
  rate_limited: { kind: 'rate_limited', title: 'There were too many requests' },
  sign_in_limited: { kind: 'rate_limited', title: 'There were too many sign-ins that failed' },
  password_change_required: { kind: 'forbidden', title: 'The password has to be changed first' },
  current_password_wrong: { kind: 'invalid', title: 'The current password is wrong' },
  password_weak: { kind: 'invalid', title: 'The password is too easy to guess' },
  user_not_found: { kind: 'not_found', title: 'There is no such user' },
  username_taken: { kind: 'conflict', title: 'There is a user of this name' },
  user_protected: { kind: 'conflict', title: 'This user cannot be done without' },
  session_not_found: { kind: 'not_found', title: 'There is no such session' },
  access_denied: { kind: 'forbidden', title: 'The credentials do not allow this' },
  api_key_not_found: { kind: 'not_found', title: 'There is no such API key' },
  too_many_api_keys: { kind: 'conflict', title: 'There are too many API keys' },
  worker_not_found: { kind: 'not_found', title: 'There is no such worker' },
  audit_event_not_found: { kind: 'not_found', title: 'There is no such event in the audit trail' },
  metrics_forbidden: { kind: 'forbidden', title: 'The metrics need their token' },
  admin_metrics_closed: { kind: 'unavailable', title: 'Nobody has opened these figures' },
  // Uploads and media
  upload_not_found: { kind: 'not_found', title: 'There is no such upload' },
  upload_not_active: { kind: 'conflict', title: 'The upload has ended' },
  upload_gone: { kind: 'gone', title: 'The upload was given up or has failed' },
  upload_expired: { kind: 'gone', title: 'The upload was not gone on with in time' },
  upload_locked: { kind: 'locked', title: 'Another request is working on this upload' },
  upload_offset_wrong: { kind: 'conflict', title: 'The bytes do not belong where the upload stands' },
  upload_is_final: { kind: 'forbidden', title: 'The upload was made of others' },
  upload_checksum_mismatch: {
    kind: 'checksum_mismatch',
    title: 'The bytes are not those that were announced',
  },
  tus_version_unsupported: { kind: 'precondition_failed', title: 'The request does not speak tus 1.0' },
  upload_incomplete: { kind: 'conflict', title: 'The upload is not complete' },
  upload_hash_mismatch: { kind: 'invalid', title: 'The file is not the one that was announced' },
  chunk_not_found: { kind: 'not_found', title: 'The upload has no such chunk' },
  chunk_size_wrong: { kind: 'invalid', title: 'The chunk has the wrong size' },
  chunk_hash_mismatch: { kind: 'invalid', title: 'The chunk is not the one that was announced' },
  chunk_conflict: { kind: 'conflict', title: 'The chunk was sent before, with other bytes' },
  too_many_uploads: { kind: 'rate_limited', title: 'There are too many unfinished uploads' },
  storage_quota_exceeded: {
    kind: 'no_space',
    title: 'The recordings of this user take all the space they may',
  },
  file_missing: { kind: 'invalid', title: 'No file was sent' },
  too_many_files: { kind: 'invalid', title: 'More than one file was sent' },
  file_too_large: { kind: 'too_large', title: 'The file is too large' },
  empty_file: { kind: 'invalid', title: 'The file is empty' },
  unsupported_media: { kind: 'unsupported_type', title: 'The file is not audio or video that can be read' },
  corrupt_media: { kind: 'invalid', title: 'The file is damaged' },
  no_audio: { kind: 'invalid', title: 'The file has no audio track' },
  empty_audio: { kind: 'invalid', title: 'The audio track is empty' },
  track_unknown: { kind: 'invalid', title: 'The file has no such audio track' },
  too_many_tracks: { kind: 'invalid', title: 'The file has too many tracks' },
  too_many_channels: { kind: 'invalid', title: 'The sound has too many channels to hear each by itself' },
  audio_too_long: { kind: 'too_large', title: 'The recording is too long' },
  media_not_found: { kind: 'not_found', title: 'There is no such recording' },
  media_in_use: { kind: 'conflict', title: 'A job still needs the recording' },
  retention_too_long: { kind: 'invalid', title: 'Recordings are not kept for so long here' },
  range_not_satisfiable: { kind: 'range_not_satisfiable', title: 'The file has no such range of bytes' },
  // Addresses that users give
  url_invalid: { kind: 'invalid', title: 'This is no address that the service can go to' },
  url_forbidden: { kind: 'forbidden', title: 'The service does not go to this address' },
  url_unreachable: { kind: 'upstream', title: 'The other side cannot be reached' },
  url_insecure: { kind: 'upstream', title: 'There is no secure connection to the other side' },
  url_timeout: { kind: 'upstream', title: 'The other side is too slow' },
  url_refused: { kind: 'upstream', title: 'The other side does not give the file to us' },
  url_too_many_redirects: { kind: 'upstream', title: 'The address redirects too often' },
  url_answer_invalid: { kind: 'upstream', title: 'The answer of the other side cannot be used' },
  url_interrupted: { kind: 'upstream', title: 'The file broke off before its end' },
  // Transcription requests
  model_unknown: { kind: 'invalid', title: 'There is no model of this name' },
  model_not_ready: { kind: 'conflict', title: 'The model is not on this machine' },
  model_loading: { kind: 'unavailable', title: 'The model is being downloaded' },
  language_unknown: { kind: 'invalid', title: 'The model does not know this language' },
  task_unsupported: { kind: 'invalid', title: 'The model cannot do this task' },
  option_unsupported: { kind: 'invalid', title: 'The model cannot do what was asked for' },
  format_unknown: { kind: 'invalid', title: 'There is no such transcript format' },
  too_many_active_jobs: { kind: 'rate_limited', title: 'Too many jobs are not finished yet' },
  audio_quota_exceeded: { kind: 'rate_limited', title: 'The audio of this day is used up' },
  job_not_found: { kind: 'not_found', title: 'There is no such job' },
  job_not_active: { kind: 'conflict', title: 'The job has ended already' },
  job_not_waiting: { kind: 'conflict', title: 'The job does not wait for a worker' },
  job_not_retryable: { kind: 'conflict', title: 'The job cannot be tried again' },
  priority_forbidden: { kind: 'forbidden', title: 'Only administrators may put jobs before those of others' },
  too_many_streams: { kind: 'rate_limited', title: 'Too many event streams are open' },
  streams_exhausted: { kind: 'unavailable', title: 'As many event streams are open as there may be' },
  batch_not_found: { kind: 'not_found', title: 'There is no such batch' },
  batch_not_ended: { kind: 'conflict', title: 'Some jobs of the batch have not ended' },
  batch_refused: { kind: 'invalid', title: 'Nothing of the batch can be accepted' },
  too_many_items: { kind: 'invalid', title: 'The batch has too many recordings' },
  transcript_not_ready: { kind: 'conflict', title: 'The transcript is not finished' },
  transcript_unavailable: { kind: 'conflict', title: 'The job ended without a transcript' },
  transcript_changed: { kind: 'precondition_failed', title: 'The transcript has changed since it was read' },
  transcript_version_unnamed: {
    kind: 'precondition_required',
    title: 'A change has to say which version it is of',
  },
  transcript_version_not_found: { kind: 'not_found', title: 'The transcript has no such version' },
  // Webhooks
  voice_not_found: { kind: 'not_found', title: 'There is no such voice' },
  voice_name_taken: { kind: 'conflict', title: 'There is a voice with this name' },
  too_many_voices: { kind: 'conflict', title: 'There are too many voices' },
  webhook_not_found: { kind: 'not_found', title: 'There is no such webhook' },
  webhook_delivery_not_found: { kind: 'not_found', title: 'There is no such delivery' },
  webhook_delivery_in_progress: { kind: 'conflict', title: 'The delivery is being sent' },
  webhook_disabled: { kind: 'conflict', title: 'The webhook is disabled' },
  too_many_webhooks: { kind: 'conflict', title: 'There are too many webhooks' },
  webhook_secret_unreadable: {
    kind: 'internal',
    title: 'The secret of the webhook was sealed with a lost key',
  },
  // Models and the hub that they come from
  model_busy: { kind: 'conflict', title: 'The model is being downloaded or removed' },
  model_bundled: { kind: 'conflict', title: 'The model is part of the service and cannot be removed' },
  model_dir_unwritable: { kind: 'internal', title: 'The folder of the models cannot be written' },
  hub_offline: { kind: 'conflict', title: 'This installation does not go to the model hub' },
  hub_unreachable: { kind: 'upstream', title: 'The model hub cannot be reached' },
  hub_rate_limited: { kind: 'upstream', title: 'The model hub takes no more requests for now' },
  hub_refused: { kind: 'upstream', title: 'The model hub does not give this model to us' },
  hub_file_missing: { kind: 'upstream', title: 'The model hub does not have this model, revision or file' },
  hub_answer_invalid: { kind: 'upstream', title: 'What answers is not a model hub' },
  model_checksum_mismatch: { kind: 'upstream', title: 'A downloaded file is not the one that the hub lists' },
  download_interrupted: { kind: 'upstream', title: 'The download was interrupted' },
  model_too_large: { kind: 'conflict', title: 'The model does not fit into the memory that there is' },
  // Why a job failed
  transcription_failed: { kind: 'internal', title: 'The transcription failed' },
  worker_lost: { kind: 'internal', title: 'The worker was lost too often' },
  // The service
  storage_full: { kind: 'no_space', title: 'There is no space left for this file' },
  storage_unavailable: { kind: 'unavailable', title: 'The store of recordings cannot be reached' },
  database_unavailable: { kind: 'unavailable', title: 'The database cannot be reached' },
  service_unavailable: { kind: 'unavailable', title: 'The service cannot do this now' },
  shutting_down: { kind: 'unavailable', title: 'The service is stopping' },
  internal_error: { kind: 'internal', title: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERROR_CODES, value);
}
