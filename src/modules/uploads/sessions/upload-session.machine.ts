import type { UploadStatus } from './upload-session.view.js';

/** Everything that can happen to an upload session: from which statuses, and into which. */
export const UPLOAD_TRANSITIONS = {
  /** All bytes are there, and the client has said so: the service owes a media file or a reason. */
  assemble: { from: ['active', 'assembling'], to: 'assembling' },
  /** Its parts went into another upload. */
  join: { from: ['active'], to: 'completed' },
  complete: { from: ['assembling'], to: 'completed' },
  fail: { from: ['active', 'assembling'], to: 'failed' },
  cancel: { from: ['active', 'assembling'], to: 'cancelled' },
  expire: { from: ['active'], to: 'expired' },
} as const satisfies Record<string, { from: readonly UploadStatus[]; to: UploadStatus }>;

export type UploadTransition = keyof typeof UPLOAD_TRANSITIONS;
