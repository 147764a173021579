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

/** What was done in the last hour. */
export interface Throughput {
  readonly completed: number;
  readonly failed: number;
  /** Of the recordings of the completed ones. */
  readonly audioSeconds: number;
  /** From the first claim of each completed one to its end. */
  readonly workSeconds: number;
}

/** What waits. */
export interface QueueDepth {
  readonly byPriority: ReadonlyMap<JobPriority, number>;
  /** How long the oldest one waits; 0 when none does. */
  readonly oldestSeconds: number;
}

export type CountByStatus = ReadonlyMap<JobStatus, number>;
