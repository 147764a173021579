import type { JobStatus } from '../job.machine.js';
import type { JobView } from '../job.view.js';

/** What lists of jobs can be sorted by; with a minus the greatest first. */
export const JOB_SORTS = ['-created_at', 'created_at', '-duration', 'duration'] as const;

export type JobSort = (typeof JOB_SORTS)[number];

/** Which jobs. What is undefined is no condition. */
export interface JobFilter {
  /** Narrows a list of the jobs of everybody. */
  readonly ownerId?: string | undefined;
  readonly statuses?: readonly JobStatus[] | undefined;
  readonly model?: string | undefined;
  /** That failed with it. */
  readonly errorCode?: string | undefined;
  /** That was asked for. */
  readonly language?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly batchId?: string | undefined;
  /** In the name of the file, or in the text that came of it. */
  readonly text?: string | undefined;
}

export interface JobListRequest {
  readonly filter: JobFilter;
  readonly sort: JobSort;
  /** Of the page before; undefined: the first page, or `skip` says which. */
  readonly cursor: string | undefined;
  readonly skip: number;
  readonly limit: number;
}

export interface JobPage {
  readonly jobs: readonly JobView[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface CountedJobPage extends JobPage {
  readonly total: number;
}

/** A job's place in a list: what it is sorted by, as the database writes it, and its id. */
export interface JobPlace {
  readonly key: string;
  readonly id: string;
}
