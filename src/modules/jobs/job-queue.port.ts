import type { JobClaim } from './job.view.js';

export const JOB_QUEUE = Symbol('JobQueue');

/** Does the work of a claimed job. It settles the job itself; what it throws is a fault of the worker. */
export type JobHandler = (claim: JobClaim, signal: AbortSignal) => Promise<void>;

/** Brings waiting jobs to workers, who claim them. What a job is, and whether it may be worked on, says its row alone. */
export interface JobQueue {
  /** Tells that a job waits. Losing this call only delays the job. */
  dispatch(jobId: string): Promise<void>;
  /** Begins to hand jobs to `handler`, `concurrency` at a time. */
  consume(handler: JobHandler, concurrency: number): void;
  /** Takes no more jobs, trips the signal of those under way and waits for them. */
  stop(): Promise<void>;
  /** Throws when jobs would not reach a worker. */
  assertWorking(): Promise<void>;
}
