import type { JobStatus } from '../job.machine.js';

/** A recording of a batch that no job came of, and why. */
export interface RefusedItem {
  readonly mediaId: string;
  readonly code: string;
  readonly detail: string;
}

/** Jobs that were ordered together. */
export interface BatchView {
  readonly id: string;
  readonly name: string | null;
  readonly createdAt: Date;
  readonly refused: readonly RefusedItem[];
  readonly counts: Readonly<Record<JobStatus, number>>;
  /** Of the recordings; jobs that ended without a transcript are done too. */
  readonly doneSeconds: number;
  /** Null while the length of a recording is unknown. */
  readonly totalSeconds: number | null;
  /** Null while a job waits, since others may go before it, and when all have ended. */
  readonly estimatedEndAt: Date | null;
}

export interface BatchPage {
  readonly batches: readonly BatchView[];
  readonly total: number;
}
