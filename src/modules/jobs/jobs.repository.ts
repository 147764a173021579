import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { COMMIT_EARLY } from '../../platform/database/commit-early.js';
import { findPlain } from '../../platform/database/plain-rows.js';
import type { OwnerFilter } from '../auth/access/ownership.policy.js';
import { Job } from './job.entity.js';
import { IN_TURN, LEASE_SECONDS } from './job-transitions.repository.js';
import type { JobProgress, WaitingJob } from './job.view.js';

/** A job that somebody asks for. */
export type OwnedId = OwnerFilter & { readonly id: string };

/** Reads jobs, and writes what is no change of their status. */
@Injectable()
export class JobsRepository {
  constructor(private readonly em: EntityManager) {}

  /** For workers, who work for everybody. */
  find(id: string): Promise<Job | null> {
    return this.em.findOne(Job, { id }, { disableIdentityMap: true });
  }

  /** Of whomever, in the order of the ids. One that is not there, or no more, is left out. */
  async listByIds(ids: readonly string[]): Promise<Job[]> {
    const found = await this.findEach(ids);
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Each of these that is of the one with it. */
  async findOwned(wanted: readonly OwnedId[]): Promise<(Job | null)[]> {
    const found = await this.findEach(wanted.map(({ id }) => id));
    return wanted.map(({ id, ownerId }) => {
      const job = found.get(id);
      return job?.ownerId === ownerId ? job : null;
    });
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

  /** Whether any job, ended or not, is of this recording. */
  async hasMedia(mediaFileId: string): Promise<boolean> {
    return (await this.em.count(Job, { mediaFileId })) > 0;
  }

  async deleteAllOf(ownerId: string): Promise<void> {
    await this.em.nativeDelete(Job, { ownerId });
  }

  /** How many jobs are to be taken before each of these that waits. */
  async countAheadOfEach(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.em.execute<{ id: string; ahead: string }[]>(
      `select id, ahead from (
         select id, row_number() over (order by ${IN_TURN}) - 1 as ahead from jobs where status = 'queued'
       ) as waiting where id = any(string_to_array(?, ',')::uuid[])`,
      [ids.join(',')],
    );
    return new Map(rows.map(({ id, ahead }) => [id, Number(ahead)]));
  }

  /** Something about each of these that is another whenever its row, its history or its text is: they are written together. */
  async listStamps(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.em.execute<{ id: string; stamp: string }[]>(
      `select id, concat(xmin, ' ', updated_at) as stamp from jobs where id = any(string_to_array(?, ',')::uuid[])`,
      [ids.join(',')],
    );
    return new Map(rows.map(({ id, stamp }) => [id, stamp]));
  }

  /** Those of these jobs that wait. */
  listWaiting(ids: readonly string[]): Promise<WaitingJob[]> {
    return this.selectWaiting(`id in (${ids.map(() => '?').join(', ')})`, [...ids]);
  }

  /** The first of those that could be taken now, in the order of their turns. */
  listReady(limit: number): Promise<WaitingJob[]> {
    return this.selectWaiting(`(available_at is null or available_at <= now()) order by ${IN_TURN} limit ?`, [
      limit,
    ]);
  }

  /** For one that waits with another. */
  async setPriority(id: string, { ownerId }: OwnerFilter, priority: number, turn: number): Promise<boolean> {
    const waiting = { id, ownerId, status: 'queued', priority: { $ne: priority } } as const;
    return (await this.em.nativeUpdate(Job, waiting, { priority, turn })) === 1;
  }

  lockOwned(id: string, { ownerId }: OwnerFilter): Promise<boolean> {
    return this.lock(id, 'owner_id = ?', ownerId);
  }

  /** False when the lease was lost. */
  lockHeld(id: string, leaseToken: string): Promise<boolean> {
    return this.lock(id, 'lease_token = ?', leaseToken);
  }

  async delete(id: string): Promise<void> {
    await this.em.nativeDelete(Job, { id });
  }

  /**
   * Prolongs a lease and notes how far the work is; false when the lease was lost. A crash of the database may take it back: the next one
   * comes before the lease ends.
   */
  heartbeat(id: string, leaseToken: string, progress: JobProgress): Promise<boolean> {
    return this.prolong(id, leaseToken, progress, { changes: '', where: `and ${COMMIT_EARLY}` });
  }

  /**
   * The same in the transaction that is open and stores text: what was lost before was not lost here. It is on the disk when it ends, as a
   * worker does not write a piece of text twice.
   */
  checkpoint(id: string, leaseToken: string, progress: JobProgress): Promise<boolean> {
    return this.prolong(id, leaseToken, progress, { changes: 'losses = 0, frugal = false,', where: '' });
  }

  /** Jobs whose worker is gone. With `all` those whose lease still runs too, for one who knows that no other worker exists. */
  listLost(all: boolean): Promise<{ id: string; leaseToken: string }[]> {
    const expired = all ? '' : 'and lease_expires_at < now()';
    return this.em.execute(
      `select id, lease_token as "leaseToken" from jobs where status = 'processing' ${expired} order by created_at, id limit 1000`,
    );
  }

  private async findEach(ids: readonly string[]): Promise<ReadonlyMap<string, Job>> {
    const jobs = await findPlain(this.em, Job, {
      sql: `id = any(string_to_array(?, ',')::uuid[])`,
      values: [ids.join(',')],
    });
    return new Map(jobs.map((job) => [job.id, job]));
  }

  private async lock(id: string, which: string, value: string): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `select id from jobs where id = ? and ${which} for update`,
      [id, value],
    );
    return rows.length === 1;
  }

  private async prolong(
    id: string,
    leaseToken: string,
    { stage, processedSeconds, speed }: JobProgress,
    { changes, where }: { readonly changes: string; readonly where: string },
  ): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update jobs set lease_expires_at = now() + make_interval(secs => ?), stage = ?, speed = ?, ${changes}
         updated_at = case when processed_seconds = ? then updated_at else now() end, processed_seconds = ?
       where id = ? and lease_token = ? ${where} returning id`,
      [LEASE_SECONDS, stage, speed, processedSeconds, processedSeconds, id, leaseToken],
    );
    return rows.length === 1;
  }

  private async selectWaiting(which: string, values: readonly unknown[]): Promise<WaitingJob[]> {
    const rows = await this.em.execute<{ id: string; queued_by: string; seconds: number }[]>(
      `select id, greatest(0, coalesce(extract(epoch from available_at - now()), 0))::float8 as seconds,
         coalesce((select max(job_events.id) from job_events where job_id = jobs.id and to_status = 'queued'), 0) as queued_by
       from jobs where status = 'queued' and ${which}`,
      [...values],
    );
    return rows.map(({ id, queued_by: queuedBy, seconds }) => ({
      jobId: id,
      queuedBy: Number(queuedBy),
      pauseMs: Math.ceil(seconds * 1000),
    }));
  }
}
