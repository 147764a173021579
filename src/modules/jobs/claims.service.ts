import { Inject, Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { JobEventsRepository } from './history/job-events.repository.js';
import type { JobEventReason } from './job.machine.js';
import { JobMetrics } from './figures/job.metrics.js';
import { JobTransitionsRepository, type LeaseCondition } from './job-transitions.repository.js';
import { toJobView, type JobClaim, type JobFailure, type JobOutcome, type JobProgress } from './job.view.js';
import { JobsRepository } from './jobs.repository.js';
import { OutboxBell } from './outbox/outbox-bell.js';
import { PROGRESS_BUS, type ProgressBus } from './progress-bus.port.js';
import { pauseAfterLoss, pauseAfterOutage } from './retry.policy.js';
import { SharedTaking } from './shared-taking.js';
import { UsageService } from './usage/usage.service.js';
import { WorkerIdentity } from './workers/worker-identity.service.js';

const WORKER_LOST: JobFailure = {
  code: 'worker_lost',
  detail: 'The worker was lost in this job again and again.',
};

/** What workers may do to jobs. Every write names the claim: a worker that was given up for lost can no longer write. */
@Injectable()
export class ClaimsService {
  private readonly logger = new Logger(ClaimsService.name);
  private readonly asking = new SharedTaking((most) => this.claim(most));

  constructor(
    private readonly repository: JobsRepository,
    private readonly transitions: JobTransitionsRepository,
    private readonly events: JobEventsRepository,
    private readonly usage: UsageService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(PROGRESS_BUS) private readonly bus: ProgressBus,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly worker: WorkerIdentity,
    private readonly bell: OutboxBell,
    private readonly metrics: JobMetrics,
  ) {}

  /** The job whose turn it is; null when none may be taken. Those who ask at the same time are served by one statement. */
  claimNext(): Promise<JobClaim | null> {
    return this.asking.take();
  }

  /** False when the claim was lost: then the worker stops. */
  async heartbeat({ job, leaseToken }: JobClaim, progress: JobProgress): Promise<boolean> {
    const held = await this.unitOfWork.read(() => this.repository.heartbeat(job.id, leaseToken, progress));
    this.bus.publish(job.id, 'progress');
    return held;
  }

  /** The same when text is stored, which `alsoWrite` writes, in one transaction. False, and nothing written, when the claim was lost. */
  async checkpoint(
    { job, leaseToken }: JobClaim,
    progress: JobProgress,
    alsoWrite: () => Promise<void>,
  ): Promise<boolean> {
    const held = await this.unitOfWork.run(async () => {
      if (!(await this.repository.checkpoint(job.id, leaseToken, progress))) return false;
      await alsoWrite();
      return true;
    });
    this.bus.publish(job.id, 'progress');
    return held;
  }

  /** Runs `work` in one transaction, in which nobody can take the job away. Null, and nothing done, when the claim was lost. */
  whileHeld<T>({ job, leaseToken }: JobClaim, work: () => Promise<T>): Promise<T | null> {
    return this.unitOfWork.run(async () =>
      (await this.repository.lockHeld(job.id, leaseToken)) ? work() : null,
    );
  }

  /** Notes the files of the model that a job is transcribed with when they are not those of its order. False when the claim was lost. */
  refreeze(claim: JobClaim, modelRevision: string | null): Promise<boolean> {
    return this.settle(
      claim,
      'The model of a job was pulled anew since its order',
      () => this.transitions.refreeze(claim.job.id, claim.leaseToken, modelRevision),
      { revision: modelRevision },
    );
  }

  /** Calls back when the status of a held job may have been changed by somebody else. */
  onStatusNews({ job }: JobClaim, listener: () => void): () => void {
    return this.bus.subscribe(job.id, (news) => {
      if (news === 'status') listener();
    });
  }

  /** Ends the job, with whatever `alsoWrite` writes, in one transaction. False, and nothing written, when the claim was lost. */
  async complete(claim: JobClaim, outcome: JobOutcome, alsoWrite: () => Promise<void>): Promise<boolean> {
    const { job, leaseToken } = claim;
    const { durationSeconds } = outcome;
    const completed = await this.settle(claim, 'Job completed', async () => {
      const held = await this.transitions.complete(job.id, leaseToken, outcome);
      if (!held) return false;
      await this.usage.addForJob(job.id, durationSeconds - (job.durationSeconds ?? 0));
      await alsoWrite();
      return true;
    });
    if (completed) this.metrics.countCompleted(job, durationSeconds);
    return completed;
  }

  fail(claim: JobClaim, { code, detail }: JobFailure, lease: LeaseCondition = 'held'): Promise<boolean> {
    return this.settle(
      claim,
      'Job failed',
      () => this.transitions.fail(claim.job.id, claim.leaseToken, code, detail, lease),
      { code },
    );
  }

  /** Back to the queue without counting a loss, when the worker stops in the middle, or could not reach the database. */
  release(
    claim: JobClaim,
    reason: Extract<JobEventReason, 'worker_stopping' | 'database_unavailable'> = 'worker_stopping',
  ): Promise<boolean> {
    return this.settle(claim, 'Job released', () =>
      this.transitions.release(claim.job.id, claim.leaseToken, reason),
    );
  }

  /**
   * Back to the queue after a loss that the recording may have caused, or to its end when there were enough without any text in between.
   *
   * @param options.frugal it may have run out of memory
   */
  async retryOrFail(
    claim: JobClaim,
    failure: JobFailure,
    { frugal = false, lease = 'held' }: { readonly frugal?: boolean; readonly lease?: LeaseCondition } = {},
  ): Promise<boolean> {
    const { id } = claim.job;
    const job = await this.unitOfWork.read(() => this.repository.find(id));
    const pauseSeconds = pauseAfterLoss(1 + (job?.losses ?? 0), this.config.worker.maxAttempts);
    if (pauseSeconds === null) return this.fail(claim, failure, lease);
    return this.settle(claim, 'Job returned to the queue', () =>
      this.transitions.returnForRetry(id, claim.leaseToken, pauseSeconds, failure.code, { frugal, lease }),
    );
  }

  /** Back to the queue while something is away that all jobs need, without counting a loss, or to its end when that lasts too long. */
  async waitOrFail(claim: JobClaim, failure: JobFailure): Promise<boolean> {
    const { id } = claim.job;
    const outages = 1 + (await this.unitOfWork.read(() => this.events.countReturned(id, failure.code)));
    const pauseSeconds = pauseAfterOutage(outages);
    if (pauseSeconds === null) return this.fail(claim, failure);
    return this.settle(claim, 'Job waits for what is away', () =>
      this.transitions.release(id, claim.leaseToken, failure.code, pauseSeconds),
    );
  }

  /**
   * Takes up the jobs whose worker is gone.
   *
   * @param onlyWorker no other worker exists, so that even a lease that still runs belongs to nobody
   * @returns their ids
   */
  async recoverLost(onlyWorker: boolean): Promise<readonly string[]> {
    const lost = await this.unitOfWork.read(() => this.repository.listLost(onlyWorker));
    const recovered: string[] = [];
    for (const { id, leaseToken } of lost) {
      const job = await this.unitOfWork.read(() => this.repository.find(id));
      if (job === null) continue;
      const claim = { job: toJobView(job), leaseToken, voices: [], areVoicesGone: false };
      // Its worker may have been heard of in the meantime.
      const lease = onlyWorker ? 'held' : 'expired';
      if (await this.retryOrFail(claim, WORKER_LOST, { lease })) recovered.push(id);
    }
    return recovered;
  }

  private async claim(most: number): Promise<JobClaim[]> {
    const jobs = await this.unitOfWork.read(() => this.transitions.claimNext(most, this.worker.id));
    if (jobs.length > 0) this.bell.ring();
    return jobs.map((job) => {
      const { leaseToken, voices } = job;
      if (leaseToken === null) throw new Error('A job was claimed without a lease');
      return { job: toJobView(job), leaseToken, voices: voices ?? [], areVoicesGone: voices?.length === 0 };
    });
  }

  private async settle(
    claim: JobClaim,
    event: string,
    write: () => Promise<boolean>,
    fields: object = {},
  ): Promise<boolean> {
    const held = await this.unitOfWork.run(write);
    this.logger.log(held ? event : 'The claim on a job was lost', {
      job_id: claim.job.id,
      request_id: claim.job.requestId ?? undefined,
      attempt: claim.job.attempts,
      ...fields,
    });
    if (held) this.bell.ring();
    return held;
  }
}
