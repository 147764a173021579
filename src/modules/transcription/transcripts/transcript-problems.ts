import type { ErrorCode } from '../../../platform/errors/error-codes.js';

/** What each route about one transcript may answer. */
export const TRANSCRIPT_PROBLEMS: readonly ErrorCode[] = [
  'job_not_found',
  'transcript_not_ready',
  'transcript_unavailable',
  'malformed_request',
  'database_unavailable',
];
