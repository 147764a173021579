import { EntityManager, raw, type EntityData } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '../../platform/errors/error-codes.js';
import type { OwnerFilter } from '../auth/access/ownership.policy.js';
import { countAudioOf } from './usage/usage.repository.js';
import { Job } from './job.entity.js';
import {
  FIRST_STAGE,
  JOB_TRANSITIONS,
  type JobEventReason,
  type JobStatus,
  type JobTransition,
} from './job.machine.js';
import type { JobOptions, JobOutcome } from './job.view.js';

/** Whether a lease only has to be the one that is meant, or to have run out too. */
export type LeaseCondition = 'held' | 'expired';

/** Seconds for which a claim holds without a heartbeat. */
export const LEASE_SECONDS = 30;

/** The order in which jobs are taken. */
export const IN_TURN = 'priority desc, turn, id';
const NO_LEASE = 'lease_token = null, lease_expires_at = null, stage = null, speed = null';
/** With its end the voices that it was given go; that there were some stays, to be told when it is tried again. */
const ENDED = `finished_at = now(), voices = case when voices is null then null else '[]'::jsonb end`;

/**
 * Of an owner, a priority, and this priority again. The turns of one owner follow each other, and those of another begin where the queue
 * stands: so owners take turns, however many jobs each has.
 */
const NEXT_TURN = `greatest(0,
  (select turn + 1 from jobs where owner_id = ? and priority = ? and status = 'queued' order by turn desc limit 1),
  (select turn from jobs where priority = ? and status = 'queued' order by turn limit 1))`;

/** Also what is deleted or retried soon after its end belongs to what was done. */
const COUNTED = `, counted as (
         insert into ended_jobs (finished_at, status, audio_seconds, work_seconds)
         select finished_at, status, coalesce(duration_seconds, 0), coalesce(extract(epoch from finished_at - started_at), 0) from moved
       )`;

interface Move {
  readonly transition: JobTransition;
  /** Which job: a condition on the row, and how to choose and wait where several meet it. */
  readonly which: string;
  readonly whichValues: readonly unknown[];
  readonly changes: string;
  readonly changeValues?: readonly unknown[];
  /** What the history says of it. */
  readonly reason: JobEventReason;
}

/**
 * The one place where jobs change their status. Each transition is one statement: it takes place only from the statuses that allow it, and
 * is written into the history, which is what all else is told from. Leases compare with the clock of the database only, so that a worker
 * with a wrong clock does no harm.
 */
@Injectable()
export class JobTransitionsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Gives the job its turn too. */
  async create(job: Omit<Job, 'turn'>): Promise<void> {
    const turn = raw<number>(NEXT_TURN, [job.ownerId, job.priority, job.priority]);
    const { sql, params } = this.em
      .createQueryBuilder(Job)
      .insert({ ...job, turn })
      .toQuery();
    await this.em.execute(
      `with created as (${sql} returning id, owner_id, duration_seconds), counted as (${countAudioOf('created')})
       insert into job_events (job_id, to_status, reason, attempt) select id, ?, 'created', 0 from created`,
      [...params, job.status],
    );
  }

  /** The turn of one more job of this owner. */
  async nextTurn({ ownerId }: OwnerFilter, priority: number): Promise<number> {
    const [row] = await this.em.execute<{ turn: string }[]>(`select ${NEXT_TURN} as turn`, [
      ownerId,
      priority,
      priority,
    ]);
    return Number(row?.turn ?? 0);
  }

  /** Takes the jobs whose turn it is, past those that others are taking at this moment, each under a lease of its own. */
  claimNext(most: number, workerId: string): Promise<Job[]> {
    // It waits for the disk, although a lost claim would only be made again: clients may have been told of it by then.
    return this.moveAll({
      transition: 'claim',
      which: `(available_at is null or available_at <= now()) order by ${IN_TURN} limit ? for update skip locked`,
      whichValues: [most],
      changes: `lease_token = gen_random_uuid(), lease_expires_at = now() + make_interval(secs => ?), worker_id = ?, stage = ?,
         attempts = attempts + 1, started_at = coalesce(started_at, now())`,
      changeValues: [LEASE_SECONDS, workerId, FIRST_STAGE],
      reason: 'claimed',
    });
  }

  /** What the job is really transcribed with. */
  async refreeze(id: string, leaseToken: string, modelRevision: string | null): Promise<boolean> {
    const moved = await this.move({
      transition: 'refreeze',
      which: 'id = ? and lease_token = ? for update',
      whichValues: [id, leaseToken],
      changes: 'model_revision = ?',
      changeValues: [modelRevision],
      reason: 'model_changed',
    });
    return moved !== null;
  }

  complete(id: string, leaseToken: string, { durationSeconds, language }: JobOutcome): Promise<boolean> {
    return this.leave('complete', id, leaseToken, 'completed', {
      changes: `${ENDED}, duration_seconds = ?, processed_seconds = ?, detected_language = ?`,
      values: [durationSeconds, durationSeconds, language],
    });
  }

  fail(
    id: string,
    leaseToken: string,
    code: ErrorCode,
    detail: string,
    lease: LeaseCondition = 'held',
  ): Promise<boolean> {
    return this.leave('fail', id, leaseToken, code, {
      changes: `${ENDED}, error_code = ?, error_detail = ?`,
      values: [code, detail],
      lease,
    });
  }

  /** Back to the queue, without a loss. */
  release(id: string, leaseToken: string, reason: JobEventReason, pauseSeconds = 0): Promise<boolean> {
    return this.leave('release', id, leaseToken, reason, {
      changes: 'available_at = now() + make_interval(secs => ?)',
      values: [pauseSeconds],
    });
  }

  /** Back to the queue after a loss, to be taken after a pause; frugally, if asked or where it was lost before. */
  returnForRetry(
    id: string,
    leaseToken: string,
    pauseSeconds: number,
    reason: JobEventReason,
    { frugal, lease }: { readonly frugal: boolean; readonly lease: LeaseCondition },
  ): Promise<boolean> {
    return this.leave('release', id, leaseToken, reason, {
      changes:
        'losses = losses + 1, frugal = ? or losses > 0, available_at = now() + make_interval(secs => ?)',
      values: [frugal, pauseSeconds],
      lease,
    });
  }

  /** Ends it where it stands. A worker that holds it finds its claim lost. */
  async cancel(id: string, { ownerId }: OwnerFilter): Promise<boolean> {
    const moved = await this.move({
      transition: 'cancel',
      which: 'id = ? and owner_id = ? for update',
      whichValues: [id, ownerId],
      changes: `${ENDED}, ${NO_LEASE}`,
      reason: 'cancelled',
    });
    return moved !== null;
  }

  /** Back to the queue at its end, with all attempts before it. */
  async retry(
    id: string,
    { ownerId }: OwnerFilter,
    turn: number,
    options: JobOptions | null,
  ): Promise<boolean> {
    const changes =
      'model = ?, model_revision = ?, language = ?, track = ?, decoding = ?, duration_seconds = ?, processed_seconds = 0,';
    const moved = await this.move({
      transition: 'retry',
      which: 'id = ? and owner_id = ? and media_file_id is not null for update',
      whichValues: [id, ownerId],
      changes: `${options === null ? '' : changes} turn = ?, attempts = 0, losses = 0, frugal = false, available_at = null, finished_at = null, started_at = null,
         error_code = null, error_detail = null`,
      changeValues: [...(options === null ? [] : toValues(options)), turn],
      reason: 'retried',
    });
    return moved !== null;
  }

  private async leave(
    transition: JobTransition,
    id: string,
    leaseToken: string,
    reason: JobEventReason,
    {
      changes,
      values,
      lease = 'held',
    }: { readonly changes: string; readonly values: readonly unknown[]; readonly lease?: LeaseCondition },
  ): Promise<boolean> {
    const moved = await this.move({
      transition,
      which: `id = ? and lease_token = ? ${lease === 'expired' ? 'and lease_expires_at < now()' : ''} for update`,
      whichValues: [id, leaseToken],
      changes: `${changes}, ${NO_LEASE}`,
      changeValues: values,
      reason,
    });
    return moved !== null;
  }

  /** @returns the job as it is now; null when there is none that may be moved */
  private async move(move: Move): Promise<Job | null> {
    const [job] = await this.moveAll(move);
    return job ?? null;
  }

  /** @returns the jobs as they are now, in their turn */
  private async moveAll(move: Move): Promise<Job[]> {
    const { transition, which, whichValues, changes, changeValues = [], reason } = move;
    const { from, to } = JOB_TRANSITIONS[transition];
    const rows = await this.em.execute<EntityData<Job>[]>(
      `with old as (
         select id, status from jobs where status in (${from.map(() => '?').join(', ')}) and ${which}
       ), moved as (
         update jobs set status = ?, updated_at = now(), ${changes} from old where jobs.id = old.id
         returning jobs.*, old.status as from_status
       ), told as (
         insert into job_events (job_id, from_status, to_status, reason, attempt, worker_id)
         select id, from_status, status, ?, attempts, worker_id from moved
       )${isCounted(to) ? COUNTED : ''}
       select * from moved order by ${IN_TURN}`,
      [...from, ...whichValues, to, ...changeValues, reason],
    );
    return rows.map((row) => this.em.map(Job, row));
  }
}

function isCounted(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed';
}

function toValues(options: JobOptions): unknown[] {
  const { model, modelRevision, language, track, decoding, durationSeconds } = options;
  return [model, modelRevision, language, track, JSON.stringify(decoding), durationSeconds];
}
