export const JOB_STATUSES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** Everything that can happen to a job: from which status, and into which. */
export const JOB_TRANSITIONS = {
  /** A worker takes the job. */
  claim: { from: 'queued', to: 'processing' },
  /** The worker gives it back unfinished, or was lost. */
  release: { from: 'processing', to: 'queued' },
  complete: { from: 'processing', to: 'completed' },
  fail: { from: 'processing', to: 'failed' },
} as const satisfies Record<string, { from: JobStatus; to: JobStatus }>;

/** Whether nothing will happen to the job any more. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
