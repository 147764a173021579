import type { JobClaim, WaitingJob } from './job.view.js';

export const JOB_QUEUE = Symbol('JobQueue');

/** Does the work of a claimed job. It settles the job itself; what it throws is a fault of the worker. */
export type JobHandler = (claim: JobClaim, signal: AbortSignal) => Promise<void>;

/**
 * Brings workers to waiting jobs. What is dispatched is a call to work, not the job: a worker that is called claims the row whose turn it is,
 * so that priority and fairness hold whatever carries the calls.
 */
export interface JobQueue {
  /**
   * Tells that jobs wait. Losing this call only delays them, and telling it twice does no harm.
   *
   * @throws when the workers cannot be told now
   */
  dispatch(jobs: readonly WaitingJob[]): Promise<void>;
  /**
   * Told now and then of jobs that could be taken: makes up for what was told of and lost.
   *
   * @throws when the workers cannot be told now
   */
  makeUp(ready: readonly WaitingJob[]): Promise<void>;
  /** Begins to hand jobs to `handler`, `concurrency` at a time. */
  consume(handler: JobHandler, concurrency: number): void;
  /** Takes no more jobs until `resume`; those under way go on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Takes no more jobs, trips the signal of those under way and waits for them. */
  stop(): Promise<void>;
  /** Throws when jobs would not reach a worker. */
  assertWorking(): Promise<void>;
}
