import type { JobStatus } from '../job.machine.js';

/** One thing that happened to a job. */
export interface JobEventView {
  /** Rises with time within one job. */
  readonly id: number;
  readonly jobId: string;
  readonly occurredAt: Date;
  /** Null for the first. */
  readonly from: JobStatus | null;
  readonly to: JobStatus;
  /** A JobEventReason of this version of the service or another one. */
  readonly reason: string;
  readonly attempt: number;
  /** Who worked on it; null where nobody did. */
  readonly workerId: string | null;
}

/** Where somebody is in the events of all jobs. Numbers become visible out of order; together with their transactions they do not. */
export interface EventsPosition {
  /** Of the database; decimal. */
  readonly transactionId: string;
  readonly eventId: number;
}

export type PlacedJobEvent = { readonly position: EventsPosition } & (
  | { readonly kind: 'status'; readonly event: JobEventView }
  | { readonly kind: 'deleted'; readonly jobId: string }
);
