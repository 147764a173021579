import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { GatheredReads } from '../../platform/database/gathered-reads.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AppError } from '../../platform/errors/app-error.js';
import { currentLogContext } from '../../platform/logging/log-context.js';
import { Clock } from '../../platform/runtime/clock.js';
import { IdGenerator, isUuid, toUuid } from '../../platform/runtime/id-generator.js';
import { currentTraceparent, inSpan, type WorkSpan } from '../../platform/tracing/spans.js';
import { OwnersRegistry } from '../auth/access/owners.registry.js';
import { ownedBy } from '../auth/access/ownership.policy.js';
import type { Principal } from '../auth/access/principal.view.js';
import type { JobEventView } from './history/job-event.view.js';
import { JobEventsRepository, type LaterEvents } from './history/job-events.repository.js';
import { JobTransitionsRepository } from './job-transitions.repository.js';
import { rankOf } from './job-priority.view.js';
import type { Job } from './job.entity.js';
import { isEnded } from './job.machine.js';
import { toJobView, type JobView, type NewJob } from './job.view.js';
import { JobsRepository, type OwnedId } from './jobs.repository.js';
import { OutboxBell } from './outbox/outbox-bell.js';
import { NewsBell } from './news-bell.js';
import { PROGRESS_BUS, type ProgressBus } from './progress-bus.port.js';
import { UsageService } from './usage/usage.service.js';

/** How often a waiting request looks at the row even when no wake-up came. */
const WAIT_POLL_MS = 1000;

/** What clients may ask of jobs, and their creation. */
@Injectable()
export class JobsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(JobsService.name);
  /** Ends the waits of clients when the service stops: they are told how far the job is. */
  private readonly stopping = new AbortController();
  private readonly owned: GatheredReads<OwnedId, Job | null>;
  private readonly laterEvents: GatheredReads<LaterEvents, JobEventView[]>;
  private readonly ahead: GatheredReads<string, number>;

  constructor(
    private readonly repository: JobsRepository,
    private readonly usage: UsageService,
    private readonly unitOfWork: UnitOfWork,
    private readonly transitions: JobTransitionsRepository,
    events: JobEventsRepository,
    private readonly bell: OutboxBell,
    @Inject(PROGRESS_BUS) private readonly bus: ProgressBus,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    private readonly owners: OwnersRegistry,
  ) {
    this.owned = new GatheredReads(unitOfWork, (wanted) => repository.findOwned(wanted));
    this.laterEvents = new GatheredReads(unitOfWork, (wanted) => events.listLater(wanted));
    this.ahead = new GatheredReads(unitOfWork, async (ids) => {
      const ahead = await repository.countAheadOfEach(ids);
      return ids.map((id) => ahead.get(id) ?? 0);
    });
  }

  onModuleInit(): void {
    this.owners.register('job', async (id) => (await this.readRow(id))?.ownerId ?? null);
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /**
   * Writes the job into the transaction that is open. It waits for a worker once that is committed.
   *
   * @throws AppError too_many_active_jobs, audio_quota_exceeded
   */
  create(principal: Principal, order: NewJob): Promise<JobView> {
    return inSpan('job create', { kind: 'producer' }, (span) => this.write(principal, order, span));
  }

  /** @throws AppError job_not_found */
  async get(principal: Principal, id: string): Promise<JobView> {
    const job = await this.find(principal, id);
    if (job === null) throw jobNotFound();
    return job;
  }

  async find(principal: Principal, id: string): Promise<JobView | null> {
    const uuid = toUuid(id);
    const job = uuid === null ? null : await this.owned.ask({ id: uuid, ...ownedBy(principal) });
    return job === null ? null : toJobView(job);
  }

  /**
   * For who acts on the jobs of everybody; whether somebody may is up to the caller.
   *
   * @throws AppError job_not_found
   */
  async getOfAnybody(id: string): Promise<JobView> {
    const job = isUuid(id) ? await this.readRow(id) : null;
    if (job === null) throw jobNotFound();
    return toJobView(job);
  }

  /** Where a waiting job stands, 1 being the next; null for one that does not wait. */
  async getQueuePosition(job: JobView): Promise<number | null> {
    if (job.status !== 'queued') return null;
    return 1 + (await this.ahead.ask(job.id));
  }

  /** The job as soon as it has ended, or as it is when the time is up or the caller is gone. */
  async waitForEnd(
    principal: Principal,
    id: string,
    seconds: number,
    callerGone: AbortSignal,
  ): Promise<JobView> {
    const signal = AbortSignal.any([callerGone, this.stopping.signal]);
    const deadline = this.clock.now().getTime() + seconds * 1000;
    const news = new NewsBell(this.bus, id, signal);
    try {
      let job = await this.get(principal, id);
      while (!isEnded(job.status) && !signal.aborted) {
        const left = deadline - this.clock.now().getTime();
        if (left <= 0) break;
        await news.wait(Math.min(left, WAIT_POLL_MS));
        job = await this.get(principal, id);
      }
      return job;
    } finally {
      news.close();
    }
  }

  /** Which of these media files a job needs that is not ended. */
  findMediaInUse(mediaFileIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.unitOfWork.read(() => this.repository.findMediaInUse(mediaFileIds));
  }

  /** For deleting a user, in the transaction that is open: the ids of all jobs, which no worker can settle any more. */
  lockAllOf(ownerId: string): Promise<readonly string[]> {
    return this.repository.lockAllOf(ownerId);
  }

  /** Writes into the transaction that is open. A worker that holds one of the jobs finds its claim lost. */
  deleteAllOf(ownerId: string): Promise<void> {
    return this.repository.deleteAllOf(ownerId);
  }

  /**
   * What happened to a job, in the order of time.
   *
   * @throws AppError job_not_found
   */
  async listHistory(principal: Principal, id: string): Promise<readonly JobEventView[]> {
    const job = await this.get(principal, id);
    return this.listHistoryAfter(job.id, 0);
  }

  /** What happened to a job after that event; whether somebody may know is up to the caller. */
  listHistoryAfter(jobId: string, after: number): Promise<readonly JobEventView[]> {
    return this.laterEvents.ask({ jobId, after });
  }

  /** Wakes those who wait for news of a job, or of all jobs of its owner. */
  tellOf(id: string, { userId }: Principal): void {
    for (const heard of [id, userId]) this.bus.publish(heard, 'status');
  }

  private async write(principal: Principal, order: NewJob, span: WorkSpan): Promise<JobView> {
    const owner = ownedBy(principal);
    await this.usage.admit(owner, order.durationSeconds ?? 0);
    const now = this.clock.now();
    const priority = rankOf(order.priority);
    const job: Omit<Job, 'turn'> = {
      ...order,
      ...owner,
      id: this.ids.next(),
      status: 'queued',
      priority,
      detectedLanguage: null,
      processedSeconds: 0,
      stage: null,
      speed: null,
      workerId: null,
      requestId: currentLogContext()?.requestId ?? null,
      traceparent: currentTraceparent(),
      attempts: 0,
      losses: 0,
      frugal: false,
      availableAt: null,
      leaseToken: null,
      leaseExpiresAt: null,
      errorCode: null,
      errorDetail: null,
      createdAt: now,
      updatedAt: now,
      startedAt: null,
      finishedAt: null,
    };
    span.set({ 'whisper.job.id': job.id, 'whisper.model': job.model });
    await this.transitions.create(job);
    this.unitOfWork.afterCommit(() => {
      this.logger.log('Job queued', { job_id: job.id, model: job.model });
      this.bell.ring();
    });
    return toJobView(job);
  }

  private readRow(id: string): Promise<Job | null> {
    return this.unitOfWork.read(() => this.repository.find(id));
  }
}

function jobNotFound(): AppError {
  return new AppError('job_not_found', 'There is no job with this id.');
}
