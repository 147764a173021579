import { getJob, getTranscript, type Job, Problem, type Transcript } from '../api/transcriber-api';

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 3000;
const LONGEST_RETRY_MS = 10_000;

export function isOver(job: { status: Job['status'] }): boolean {
  return job.status === 'completed' || job.status === 'failed' || job.status === 'cancelled';
}

/**
 * Watches one job until it ends and then fetches its transcript. Asks often while something moves and more rarely while
 * nothing does; a lost connection only makes it wait, however long.
 */
export class JobFollower {
  job = $state.raw<Job | null>(null);
  transcript = $state.raw<Transcript | null>(null);
  /** The service said no: there is no such job, for example. */
  problem = $state.raw<Problem | null>(null);
  /** The service does not answer at the moment. */
  disconnected = $state(false);
  private readonly stopped = new AbortController();

  constructor(readonly id: string) {}

  start(): void {
    void this.follow();
  }

  stop(): void {
    this.stopped.abort();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopped;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const before = this.job;
        const job = await getJob(this.id, signal);
        const moved = before === null || hasMoved(before, job);
        pause = moved ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 1.5);
        this.transcript = job.status === 'completed' ? await getTranscript(this.id, signal) : null;
        this.job = job;
        this.disconnected = false;
        if (isOver(job)) return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Problem) || !error.isPassing) {
          this.problem = error instanceof Problem ? error : unreadable();
          return;
        }
        this.disconnected = true;
        pause = Math.min(LONGEST_RETRY_MS, pause * 2);
      }
      await pauseFor(pause, signal);
    }
  }
}

function hasMoved(before: Job, after: Job): boolean {
  return (
    before.status !== after.status ||
    before.progress.processed_seconds !== after.progress.processed_seconds ||
    before.queue_position !== after.queue_position
  );
}

function unreadable(): Problem {
  return new Problem(0, 'unreadable', 'Unexpected answer', 'The answer of the service could not be read.');
}

/** Ends early when the device comes back online or the page is looked at again. */
function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      if (document.visibilityState === 'visible' || signal.aborted) done();
    };
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', wake);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', wake);
    signal.addEventListener('abort', done);
  });
}
