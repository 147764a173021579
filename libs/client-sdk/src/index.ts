export * from './generated/index.js';
export {
  createClient,
  type ClientOptions,
  type TranscribeOptions,
  type TranscriberClient,
  type TranscriptionProgress,
  type WaitOptions,
} from './transcriber-client.js';
export type { FollowedJobEvent, JobEvent, JobEventsOptions, JobTelling } from './job-events.js';
export type { FileIdentity, UploadStorage } from './upload-memory.js';
export type { Recording, SizedStream } from './recording.js';
export { JobEndedError, NotReadyError, TranscriberError, type ErrorCode } from './transcriber-error.js';
export {
  verifyWebhook,
  WebhookVerificationError,
  type VerificationOptions,
  type WebhookHeaders,
  type WebhookMessage,
} from './webhook-verification.js';
