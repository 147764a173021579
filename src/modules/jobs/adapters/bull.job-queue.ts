import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { JobOptions, Queue } from 'bull';
import { findEvictionFault } from '../../../platform/redis/eviction-policy.js';
import type { Clock } from '../../../platform/runtime/clock.js';
import type { JobHandler, JobQueue } from '../job-queue.port.js';
import type { JobClaim, WaitingJob } from '../job.view.js';
import { ERROR_PAUSE_MS, type ClaimSource } from './claim-source.js';

/** Those that notice missing calls within the same span make up for them together. */
const MAKE_UP_SPAN_MS = 10_000;

/**
 * Calls workers of all processes through Redis. A call has no content: whoever takes it claims the row whose turn it is, so a call that
 * comes twice, or too late, finds nothing to do, and one that is lost is made up for.
 */
export class BullJobQueue implements JobQueue {
  private readonly logger = new Logger(BullJobQueue.name);
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  private claimError: unknown;

  constructor(
    private readonly queue: Queue,
    private readonly source: ClaimSource,
    private readonly clock: Clock,
  ) {
    // The client of each connection tries again by itself; whether the queue works is told by `assertWorking`.
    queue.on('error', (error) => {
      this.logger.debug('Redis fails the queue', { err: error });
    });
    // Also after each time that it was away: then it may be another server, or set otherwise.
    queue.client.on('ready', () => void this.tellOfEviction());
  }

  async dispatch(jobs: readonly WaitingJob[]): Promise<void> {
    await this.call(jobs.map((job) => ({ jobId: callIdOf(job), delay: job.pauseMs })));
  }

  async makeUp(ready: readonly WaitingJob[]): Promise<void> {
    if (ready.length === 0) return;
    // Calls that are taken do not count: they may be at work on other jobs.
    const calls = await this.queue.getWaitingCount();
    const missing = ready.slice(0, Math.max(0, ready.length - calls));
    if (missing.length === 0) return;
    const span = Math.floor(this.clock.now().getTime() / MAKE_UP_SPAN_MS);
    // Under another id: the first call of a job may be taken, and at work on another one.
    await this.call(missing.map((job) => ({ jobId: `${callIdOf(job)}-${span}` })));
    this.logger.warn('Calls to workers were missing and were made again', { jobs: missing.length });
  }

  consume(handler: JobHandler, concurrency: number): void {
    const answer = (): Promise<void> => {
      const work = this.answer(handler).finally(() => this.working.delete(work));
      this.working.add(work);
      return work;
    };
    this.queue.process(concurrency, answer).catch((error: unknown) => {
      if (!this.stopping.signal.aborted)
        this.logger.error('The queue hands out no more jobs', { err: error });
    });
  }

  async pause(): Promise<void> {
    await this.queue.pause(true, true);
  }

  async resume(): Promise<void> {
    await this.queue.resume(true);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const paused = this.pause().catch((error: unknown) => {
      this.logger.debug('The queue could not be told that this worker stops', { err: error });
    });
    await Promise.all([paused, ...this.working]);
  }

  async assertWorking(): Promise<void> {
    await this.queue.client.ping();
    const fault = await this.findEvictionFault();
    if (fault !== null) throw new Error(fault);
    if (this.claimError !== undefined) throw new Error('Jobs cannot be claimed', { cause: this.claimError });
  }

  private async tellOfEviction(): Promise<void> {
    const fault = await this.findEvictionFault();
    if (fault !== null) this.logger.error(fault);
  }

  /** Null also where nobody can tell: that was warned of at the start. */
  private findEvictionFault(): Promise<string | null> {
    return findEvictionFault(this.queue.client).catch(() => null);
  }

  private async call(calls: readonly JobOptions[]): Promise<void> {
    await this.queue.addBulk(calls.map((opts) => ({ data: {}, opts })));
  }

  private async answer(handler: JobHandler): Promise<void> {
    const claim = await this.claim();
    if (claim === null) return;
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
      await this.rest();
    }
  }

  /** A call is held while the database is away: it would be lost otherwise, like all that follow. */
  private async claim(): Promise<JobClaim | null> {
    while (!this.stopping.signal.aborted) {
      try {
        const claim = await this.source.claimNext();
        this.claimError = undefined;
        return claim;
      } catch (error) {
        if (this.claimError === undefined) this.logger.error('Jobs cannot be claimed', { err: error });
        this.claimError = error;
        await this.rest();
      }
    }
    return null;
  }

  private async rest(): Promise<void> {
    await delay(ERROR_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

/** The same each time that one queueing of a job is told of, and another one for the next. */
function callIdOf({ jobId, queuedBy }: WaitingJob): string {
  return `${jobId}-${queuedBy}`;
}
