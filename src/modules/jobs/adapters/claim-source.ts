import type { JobClaim } from '../job.view.js';

/** What a queue needs of the jobs table. */
export interface ClaimSource {
  claimNext(): Promise<JobClaim | null>;
}

/** Pause after an error, so that a database that is away is not asked in a loop. */
export const ERROR_PAUSE_MS = 1000;
