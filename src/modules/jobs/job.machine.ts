import type { ErrorCode } from '../../platform/errors/error-codes.js';

export const JOB_STATUSES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** Everything that can happen to a job: from which statuses, and into which. */
export const JOB_TRANSITIONS = {
  /** A worker takes the job. */
  claim: { from: ['queued'], to: 'processing' },
  /** The worker that took it has other files of the model than it was ordered with. */
  refreeze: { from: ['processing'], to: 'processing' },
  /** The worker gives it back unfinished, or was lost. */
  release: { from: ['processing'], to: 'queued' },
  complete: { from: ['processing'], to: 'completed' },
  fail: { from: ['processing'], to: 'failed' },
  /** Its owner wants it no more. */
  cancel: { from: ['queued', 'processing'], to: 'cancelled' },
  /** Its owner wants it after all. */
  retry: { from: ['failed', 'cancelled'], to: 'queued' },
} as const satisfies Record<string, { from: readonly JobStatus[]; to: JobStatus }>;

export type JobTransition = keyof typeof JOB_TRANSITIONS;

/** What a worker does with a job, in this order. */
export const JOB_STAGES = ['probing', 'loading_model', 'transcribing', 'diarizing', 'saving'] as const;

export type JobStage = (typeof JOB_STAGES)[number];

/** Where a claim begins. */
export const FIRST_STAGE: JobStage = JOB_STAGES[0];

/** Why something happened to a job: one of these, or the code of the error that it was. */
export type JobEventReason =
  | 'created'
  | 'claimed'
  | 'model_changed'
  | 'worker_stopping'
  | 'completed'
  | 'cancelled'
  | 'retried'
  | ErrorCode;

/** Whether nothing will happen to the job any more, unless its owner retries it. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
