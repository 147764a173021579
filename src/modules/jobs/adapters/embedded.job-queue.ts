import { Logger } from '@nestjs/common';
import type { JobHandler, JobQueue } from '../job-queue.port.js';
import type { JobClaim, WaitingJob } from '../job.view.js';
import { ERROR_PAUSE_MS, type ClaimSource } from './claim-source.js';

const POLL_INTERVAL_MS = 2000;

/**
 * A queue without a server: workers claim rows of the jobs table and are woken as soon as their own process adds one. What other processes
 * add they find by looking.
 */
export class EmbeddedJobQueue implements JobQueue {
  private readonly logger = new Logger(EmbeddedJobQueue.name);
  private readonly stopping = new AbortController();
  private workers: readonly Promise<void>[] = [];
  private readonly sleepers = new Set<() => void>();
  private claimError: unknown;
  private dispatched = 0;
  private paused = false;

  /** @param options.pollIntervalMs how often waiting jobs are looked for when nobody told of any, as after a pause */
  constructor(
    private readonly source: ClaimSource,
    private readonly options: { readonly pollIntervalMs: number } = { pollIntervalMs: POLL_INTERVAL_MS },
  ) {}

  dispatch(): Promise<void> {
    this.dispatched += 1;
    this.wakeAll();
    return Promise.resolve();
  }

  async makeUp(ready: readonly WaitingJob[]): Promise<void> {
    if (ready.length > 0) await this.dispatch();
  }

  consume(handler: JobHandler, concurrency: number): void {
    this.workers = Array.from({ length: concurrency }, () => this.work(handler));
  }

  pause(): Promise<void> {
    this.paused = true;
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.paused = false;
    return this.dispatch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeAll();
    await Promise.all(this.workers);
  }

  assertWorking(): Promise<void> {
    return this.claimError === undefined
      ? Promise.resolve()
      : Promise.reject(new Error('Jobs cannot be claimed', { cause: this.claimError }));
  }

  private async work(handler: JobHandler): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const seen = this.dispatched;
      const claim = this.paused ? null : await this.claim();
      if (claim === null) {
        // Told of a job while it looked: the look may have been too early.
        if (seen !== this.dispatched) continue;
        await this.sleep(this.claimError === undefined ? this.options.pollIntervalMs : ERROR_PAUSE_MS);
        continue;
      }
      try {
        await handler(claim, this.stopping.signal);
      } catch (error) {
        // The lease runs out and the job is taken up again.
        const { id, requestId } = claim.job;
        this.logger.error('A job could not be settled', {
          job_id: id,
          request_id: requestId ?? undefined,
          err: error,
        });
        await this.sleep(ERROR_PAUSE_MS);
      }
    }
  }

  private async claim(): Promise<JobClaim | null> {
    try {
      const claim = await this.source.claimNext();
      this.claimError = undefined;
      return claim;
    } catch (error) {
      if (this.claimError === undefined) this.logger.error('Jobs cannot be claimed', { err: error });
      this.claimError = error;
      return null;
    }
  }

  private wakeAll(): void {
    for (const wake of this.sleepers) wake();
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
      if (this.stopping.signal.aborted) wake();
    });
  }
}
