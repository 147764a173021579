import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AppError } from '../../platform/errors/app-error.js';
import { SYSTEM_ACTOR, type KnownActor } from '../auth/access/actor.view.js';
import { ownedBy, type OwnerFilter } from '../auth/access/ownership.policy.js';
import type { Principal } from '../auth/access/principal.view.js';
import { AuditTrail } from '../auth/audit/audit-trail.service.js';
import { JobEventsRepository } from './history/job-events.repository.js';
import { rankOf, type JobPriority } from './job-priority.view.js';
import { JobResultRegistry } from './job-result.registry.js';
import { JobTransitionsRepository } from './job-transitions.repository.js';
import type { JobOptions, JobView } from './job.view.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { OutboxBell } from './outbox/outbox-bell.js';
import { OutboxRelayService } from './outbox/outbox-relay.service.js';
import { UsageService } from './usage/usage.service.js';

/** What owners, and administrators, may do to jobs once these exist. */
@Injectable()
export class JobOrdersService {
  private readonly logger = new Logger(JobOrdersService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly repository: JobsRepository,
    private readonly transitions: JobTransitionsRepository,
    private readonly events: JobEventsRepository,
    private readonly relay: OutboxRelayService,
    private readonly results: JobResultRegistry,
    private readonly usage: UsageService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly bell: OutboxBell,
  ) {}

  /**
   * Ends the job where it stands; a worker that is at it stops. One that was cancelled before stays so.
   *
   * @throws AppError job_not_found, job_not_active
   */
  async cancel(actor: KnownActor, id: string): Promise<JobView> {
    const job = await this.jobs.get(actor.principal, id);
    return this.cancelJob(job, () => this.audit.record(actor, 'job.cancelled', job.id, {}));
  }

  /**
   * The same with a job of anybody; whether the actor may do so is up to the caller.
   *
   * @throws AppError job_not_found, job_not_active
   */
  async cancelOfAnybody(actor: KnownActor, id: string): Promise<JobView> {
    const job = await this.jobs.getOfAnybody(id);
    return this.cancelJob(job, () =>
      this.audit.record(actor, 'job.cancelled_by_admin', job.id, { user_id: job.ownerId }),
    );
  }

  /**
   * Back to the queue, with all attempts before it.
   *
   * @param changes options in place of those that it had; null: the same
   * @throws AppError job_not_found, job_not_retryable, too_many_active_jobs, audio_quota_exceeded
   */
  async retry(actor: KnownActor, id: string, changes: JobOptions | null): Promise<JobView> {
    const job = await this.jobs.get(actor.principal, id);
    return this.retryJob(job, changes, () => this.audit.record(actor, 'job.retried', job.id, {}));
  }

  /**
   * The same with a job of anybody, with the options that it had and on the account of its owner; whether the actor may do so is up to the
   * caller.
   *
   * @throws AppError job_not_found, job_not_retryable, too_many_active_jobs, audio_quota_exceeded
   */
  async retryOfAnybody(actor: KnownActor, id: string): Promise<JobView> {
    const job = await this.jobs.getOfAnybody(id);
    return this.retryJob(job, null, () =>
      this.audit.record(actor, 'job.retried_by_admin', job.id, { user_id: job.ownerId }),
    );
  }

  /**
   * Deletes the job with all that came of it, whatever it is at: one that has not ended is cancelled first, and told of as that. Its
   * recording stays.
   *
   * @throws AppError job_not_found
   */
  async delete(actor: KnownActor, id: string): Promise<void> {
    const job = await this.jobs.get(actor.principal, id);
    const owner = ownedBy(actor.principal);
    await this.unitOfWork.run(async () => {
      if (!(await this.repository.lockOwned(job.id, owner))) return;
      await this.transitions.cancel(job.id, owner);
      await this.relay.relayOf(job.id);
      await this.results.get().deleteOf([job.id]);
      await this.repository.delete(job.id);
      await this.events.noteDeleted(job.id, owner);
      await this.audit.record(actor, 'job.deleted', job.id, {});
      this.told('Job deleted', job.id);
    });
    this.jobs.tellOf(job.id, actor.principal);
  }

  /** Ends a job that nobody waits for any more, by the service itself. One that has ended, or is gone, stays so. */
  async abandon(owner: OwnerFilter, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.transitions.cancel(id, owner))) return;
      await this.audit.record(SYSTEM_ACTOR, 'job.cancelled', id, {});
      this.told('Job cancelled, as nobody waits for it', id);
    });
  }

  /**
   * Deletes a job that was not to be kept, by the service itself.
   *
   * @returns the id of its recording where no other job has that; else null
   */
  async drop(owner: OwnerFilter, id: string): Promise<string | null> {
    const mediaFileId = await this.unitOfWork.run(async () => {
      if (!(await this.repository.lockOwned(id, owner))) return null;
      const job = await this.repository.find(id);
      await this.results.get().deleteOf([id]);
      await this.repository.delete(id);
      await this.audit.record(SYSTEM_ACTOR, 'job.deleted', id, {});
      this.told('Job dropped', id);
      return job?.mediaFileId ?? null;
    });
    if (mediaFileId === null) return null;
    const isNeeded = await this.unitOfWork.read(() => this.repository.hasMedia(mediaFileId));
    return isNeeded ? null : mediaFileId;
  }

  /**
   * Puts a job that waits at the end of those of another priority.
   *
   * @throws AppError job_not_found, job_not_waiting, priority_forbidden
   */
  async setPriority(actor: KnownActor, id: string, priority: JobPriority): Promise<JobView> {
    assertMayUse(actor.principal, priority);
    const job = await this.jobs.get(actor.principal, id);
    const owner = ownedBy(actor.principal);
    const rank = rankOf(priority);
    await this.unitOfWork.run(async () => {
      const turn = await this.transitions.nextTurn(owner, rank);
      if (!(await this.repository.setPriority(job.id, owner, rank, turn))) return;
      await this.audit.record(actor, 'job.priority_changed', job.id, { priority });
    });
    const now = await this.jobs.get(actor.principal, job.id);
    if (now.status !== 'queued') throw new AppError('job_not_waiting', `The job is ${now.status}.`);
    return now;
  }

  private async cancelJob({ id, ownerId }: JobView, record: () => Promise<void>): Promise<JobView> {
    const cancelled = await this.unitOfWork.run(async () => {
      if (!(await this.transitions.cancel(id, { ownerId }))) return false;
      await record();
      this.told('Job cancelled', id);
      return true;
    });
    const now = await this.jobs.getOfAnybody(id);
    if (!cancelled && now.status !== 'cancelled')
      throw new AppError('job_not_active', `The job is ${now.status}. There is nothing to cancel.`);
    return now;
  }

  private async retryJob(
    { id, ownerId, priority }: JobView,
    changes: JobOptions | null,
    record: () => Promise<void>,
  ): Promise<JobView> {
    const owner = { ownerId };
    await this.unitOfWork.run(async () => {
      await this.usage.admit(owner, 0);
      const turn = await this.transitions.nextTurn(owner, rankOf(priority));
      if (!(await this.transitions.retry(id, owner, turn, changes))) throw await this.whyNotRetried(id);
      await record();
      this.told('Job retried', id);
    });
    return this.jobs.getOfAnybody(id);
  }

  private told(event: string, jobId: string): void {
    this.unitOfWork.afterCommit(() => {
      this.logger.log(event, { job_id: jobId });
      this.bell.ring();
    });
  }

  private async whyNotRetried(id: string): Promise<AppError> {
    const { status, mediaFileId } = await this.jobs.getOfAnybody(id);
    if (mediaFileId === null) return recordingDeleted();
    const detail = `The job is ${status}. Only jobs that failed or were cancelled are tried again.`;
    return new AppError('job_not_retryable', detail);
  }
}

export function recordingDeleted(): AppError {
  return new AppError('job_not_retryable', 'The recording was deleted. Upload it again.');
}

/**
 * Nobody may put jobs before those of other users but those who answer for all.
 *
 * @throws AppError priority_forbidden
 */
export function assertMayUse({ role }: Principal, priority: JobPriority): void {
  if (priority === 'high' && role !== 'admin')
    throw new AppError('priority_forbidden', 'Only administrators may use the priority "high".');
}
