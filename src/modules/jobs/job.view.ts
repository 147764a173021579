import type { ErrorCode } from '../../platform/errors/error-codes.js';
import type { JobStatus } from './job.machine.js';

/** What other rooms may know of a job. */
export interface JobView {
  readonly id: string;
  /** Null once the recording was deleted, which is after the job has ended. */
  readonly mediaFileId: string | null;
  readonly originalFilename: string;
  readonly status: JobStatus;
  readonly model: string;
  /** What the request named; null asked for detection. */
  readonly language: string | null;
  /** Index among the audio tracks of the recording; null: its default one. */
  readonly track: number | null;
  readonly durationSeconds: number | null;
  readonly processedSeconds: number;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A job in the hands of one worker. Every write of that worker names the lease; a lease that was lost writes nothing. */
export interface JobClaim {
  readonly job: JobView;
  readonly leaseToken: string;
}

export interface NewJob {
  readonly mediaFileId: string;
  readonly originalFilename: string;
  readonly model: string;
  readonly language: string | null;
  readonly track: number | null;
  readonly durationSeconds: number | null;
}

export interface JobFailure {
  readonly code: ErrorCode;
  readonly detail: string;
}
