import type { JobStatus } from '../job.machine.js';

/** Jobs that ended in one bucket, in one way. */
export interface EndedJobs {
  /** 0 is the first bucket. */
  readonly bucket: number;
  readonly status: JobStatus;
  /** Of those that failed. */
  readonly code: string | null;
  readonly count: number;
  /** Of their recordings. */
  readonly audioSeconds: number;
  /** From the first claim of each to its end. */
  readonly workSeconds: number;
}

/** What came to the queue in one bucket and left it. */
export interface QueueChange {
  readonly bucket: number;
  /** How many more waited after it than before; in the first bucket also those that waited before that. */
  readonly change: number;
  /** Of the jobs that left the queue, the one that had waited longest; null: none left. */
  readonly longestWaitSeconds: number | null;
}

/** Buckets in which nothing was are left out. */
export interface JobSeries {
  readonly ended: readonly EndedJobs[];
  readonly queue: readonly QueueChange[];
}
