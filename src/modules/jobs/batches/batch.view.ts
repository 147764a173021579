import type { JobStatus } from '../job.machine.js';

/** A recording of a batch that no job came of, and why. */
export interface RefusedItem {
  /** Its place in the order, the first one being 0. */
  readonly position: number;
  /** Of one that was stored before; null for a file. */
  readonly mediaId: string | null;
  /** Of a file; null for one that was stored before. */
  readonly filename: string | null;
  readonly code: string;
  readonly detail: string;
}

/** A recording of a batch and its job, as long as that is there. */
export interface AcceptedItem {
  readonly position: number;
  readonly jobId: string;
  /** Null once the recording was deleted. */
  readonly mediaId: string | null;
  readonly filename: string;
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

/** With what became of each recording. */
export interface OrderedBatch extends BatchView {
  readonly accepted: readonly AcceptedItem[];
}

export interface BatchPage {
  readonly batches: readonly BatchView[];
  readonly total: number;
}
