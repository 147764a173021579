import type { JobStage, JobStatus } from '../job.machine.js';
import type { JobPriority } from '../job-priority.view.js';

/** What a worker is at. */
export interface CurrentJob {
  readonly jobId: string;
  readonly workerId: string | null;
  readonly stage: JobStage | null;
  readonly processedSeconds: number;
  readonly durationSeconds: number | null;
  /** Seconds of the recording that are done in one second; null while unknown. */
  readonly speed: number | null;
}

/** What was done in the last hour, also in jobs that were deleted or retried since. */
export interface Throughput {
  readonly completed: number;
  readonly failed: number;
  /** Of the recordings of the completed ones. */
  readonly audioSeconds: number;
  /** From the first claim of each completed one to its end. */
  readonly workSeconds: number;
}

/** Jobs that there are. */
export interface JobCounts {
  readonly byStatus: ReadonlyMap<JobStatus, number>;
  readonly queuedByPriority: ReadonlyMap<JobPriority, number>;
  readonly failedByCode: ReadonlyMap<string, number>;
  /** How long the oldest one that could be taken waits; 0 when none does. */
  readonly oldestSeconds: number;
}
