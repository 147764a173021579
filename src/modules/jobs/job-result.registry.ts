import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SqlCondition } from '../../platform/database/sql-condition.js';
import type { JobTextPiece, LaterText } from './job-text.view.js';

/** What the room that makes results does for this one. */
export interface JobResults {
  /** The text of a finished job, null while there is none. */
  findText(jobId: string): Promise<string | null>;
  /** Deletes all that came of the jobs, in the transaction that is open. */
  deleteOf(jobIds: readonly string[]): Promise<void>;
  /** What is known of the text beyond this position, finished or not; null while that is nothing. */
  findTextAfter(wanted: LaterText): Promise<JobTextPiece | null>;
  /** What the jobs meet that have this in their finished text, in whatever case. */
  whereText(text: string): SqlCondition;
}

/** Lets the room that makes results show and delete them with the job, without this room knowing it. */
@Injectable()
export class JobResultRegistry implements OnApplicationBootstrap {
  private results: JobResults | undefined;

  register(results: JobResults): void {
    this.results = results;
  }

  /** A service whose finished jobs could not show their text must not start. */
  onApplicationBootstrap(): void {
    if (this.results === undefined) throw new Error('Nobody registered as the keeper of job results');
  }

  get(): JobResults {
    if (this.results === undefined) throw new Error('Nobody keeps the results of jobs');
    return this.results;
  }
}
