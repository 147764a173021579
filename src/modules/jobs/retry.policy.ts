const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 300;
/** How often a job may meet something that is away, which is no fault of its own: for more than an hour in all. */
const MOST_OUTAGES = 25;

/**
 * After how many seconds a job is tried again whose worker was lost in it, or that broke off: the recording may be what does it. Null: not
 * any more.
 *
 * @param losses since its text last moved on, from 1
 */
export function pauseAfterLoss(losses: number, maxAttempts: number): number | null {
  return losses >= maxAttempts ? null : pauseOf(losses);
}

/**
 * The same for a job that could not be worked on because something is away that all jobs need.
 *
 * @param outages that it has met, from 1
 */
export function pauseAfterOutage(outages: number): number | null {
  return outages >= MOST_OUTAGES ? null : pauseOf(outages);
}

/** Doubles with each time. */
function pauseOf(times: number): number {
  return Math.min(FIRST_PAUSE_SECONDS * 2 ** (times - 1), LONGEST_PAUSE_SECONDS);
}
