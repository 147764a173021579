import type { EventsPosition, JobEventView, PlacedJobEvent } from '../history/job-event.view.js';
import type { JobTextPiece } from '../job-text.view.js';
import type { JobView } from '../job.view.js';
import type { StreamPosition } from './stream-position.js';

/** What a stream of one job tells, and where its client is when it has that. */
export type StreamNews = { readonly position: StreamPosition } & (
  | { readonly kind: 'status'; readonly event: JobEventView }
  | { readonly kind: 'progress'; readonly job: JobView; readonly queuePosition: number | null }
  | { readonly kind: 'segments'; readonly piece: JobTextPiece }
  /** The last one. */
  | { readonly kind: 'ended'; readonly job: JobView }
  | { readonly kind: 'deleted'; readonly jobId: string }
);

/** What a stream of all jobs tells. The first one only says where it begins. */
export type OwnJobsNews = PlacedJobEvent | { readonly kind: 'begin'; readonly position: EventsPosition };
