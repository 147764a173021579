import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { OwnerFilter } from '../auth/access/ownership.policy.js';
import { Job } from './job.entity.js';
import { JOB_TRANSITIONS, type JobStatus } from './job.machine.js';

type Transition = keyof typeof JOB_TRANSITIONS;

/** Seconds for which a claim holds without a heartbeat. */
export const LEASE_SECONDS = 30;

/** Leases compare with the clock of the database only, so that a worker with a wrong clock does no harm. */
@Injectable()
export class JobsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(job: Job): Promise<void> {
    await this.em.insert(Job, job);
  }

  /** For workers, who work for everybody. */
  find(id: string): Promise<Job | null> {
    return this.em.findOne(Job, { id }, { disableIdentityMap: true });
  }

  findOwned(id: string, owner: OwnerFilter): Promise<Job | null> {
    return this.em.findOne(Job, { id, ...owner }, { disableIdentityMap: true });
  }

  listNewestFirst(owner: OwnerFilter, offset: number, limit: number): Promise<[Job[], number]> {
    return this.em.findAndCount(
      Job,
      { ...owner },
      { orderBy: { createdAt: 'desc', id: 'desc' }, offset, limit, disableIdentityMap: true },
    );
  }

  /** Ids of all jobs of an owner, which no worker can settle until the transaction ends. */
  async lockAllOf(ownerId: string): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      'select id from jobs where owner_id = ? order by id for update',
      [ownerId],
    );
    return rows.map(({ id }) => id);
  }

  /** Which of these media files a job needs that is not ended. */
  async findMediaInUse(mediaFileIds: readonly string[]): Promise<ReadonlySet<string>> {
    const jobs = await this.em.find(
      Job,
      { mediaFileId: { $in: [...mediaFileIds] }, status: { $in: ['queued', 'processing'] } },
      { fields: ['mediaFileId'], disableIdentityMap: true },
    );
    return new Set(jobs.flatMap(({ mediaFileId }) => mediaFileId ?? []));
  }

  async deleteAllOf(ownerId: string): Promise<void> {
    await this.em.nativeDelete(Job, { ownerId });
  }

  /** How many jobs are to be taken before this one. */
  countAhead(job: Pick<Job, 'id' | 'createdAt'>): Promise<number> {
    return this.em.count(Job, {
      status: 'queued',
      $or: [{ createdAt: { $lt: job.createdAt } }, { createdAt: job.createdAt, id: { $lt: job.id } }],
    });
  }

  async countByStatus(): Promise<ReadonlyMap<JobStatus, number>> {
    const rows = await this.em.execute<{ status: JobStatus; count: string }[]>(
      'select status, count(*) as count from jobs group by status',
    );
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  /** Takes the oldest waiting job, past those that others are taking at this moment; returns its id. */
  async claimOldest(leaseToken: string): Promise<string | null> {
    const { from, to } = JOB_TRANSITIONS.claim;
    const rows = await this.em.execute<{ id: string }[]>(
      `update jobs set status = ?, lease_token = ?, lease_expires_at = now() + make_interval(secs => ?), attempts = attempts + 1,
         processed_seconds = 0, started_at = coalesce(started_at, now()), updated_at = now()
       where id = (select id from jobs where status = ? and (available_at is null or available_at <= now()) order by created_at, id limit 1 for update skip locked)
       returning id`,
      [to, leaseToken, LEASE_SECONDS, from],
    );
    return rows[0]?.id ?? null;
  }

  /** Prolongs a lease and notes how far the work is; false when the lease was lost. */
  async heartbeat(id: string, leaseToken: string, processedSeconds: number): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update jobs set lease_expires_at = now() + make_interval(secs => ?), processed_seconds = ?, updated_at = now()
       where id = ? and lease_token = ? returning id`,
      [LEASE_SECONDS, processedSeconds, id, leaseToken],
    );
    return rows.length === 1;
  }

  complete(id: string, leaseToken: string, durationSeconds: number): Promise<boolean> {
    return this.leave(
      'complete',
      id,
      leaseToken,
      'finished_at = now(), duration_seconds = ?, processed_seconds = ?',
      [durationSeconds, durationSeconds],
    );
  }

  fail(id: string, leaseToken: string, code: string, detail: string): Promise<boolean> {
    return this.leave('fail', id, leaseToken, 'finished_at = now(), error_code = ?, error_detail = ?', [
      code,
      detail,
    ]);
  }

  /** Back to the queue, as if this attempt had not been. */
  release(id: string, leaseToken: string): Promise<boolean> {
    return this.leave('release', id, leaseToken, 'attempts = attempts - 1, processed_seconds = 0', []);
  }

  /** Back to the queue, to be taken after a pause; the attempt counts. */
  returnForRetry(id: string, leaseToken: string, pauseSeconds: number): Promise<boolean> {
    return this.leave(
      'release',
      id,
      leaseToken,
      'available_at = now() + make_interval(secs => ?), processed_seconds = 0',
      [pauseSeconds],
    );
  }

  /** Jobs whose worker is gone. With `all` those whose lease still runs too, for one who knows that no other worker exists. */
  listLost(all: boolean): Promise<{ id: string; leaseToken: string }[]> {
    const expired = all ? '' : 'and lease_expires_at < now()';
    return this.em.execute(
      `select id, lease_token as "leaseToken" from jobs where status = 'processing' ${expired} order by created_at, id limit 1000`,
    );
  }

  private async leave(
    transition: Transition,
    id: string,
    leaseToken: string,
    changes: string,
    values: unknown[],
  ): Promise<boolean> {
    const { from, to } = JOB_TRANSITIONS[transition];
    const rows = await this.em.execute<unknown[]>(
      `update jobs set status = ?, lease_token = null, lease_expires_at = null, updated_at = now(), ${changes}
       where id = ? and lease_token = ? and status = ? returning id`,
      [to, ...values, id, leaseToken, from],
    );
    return rows.length === 1;
  }
}
