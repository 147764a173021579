import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { COMMIT_EARLY } from '../../../platform/database/commit-early.js';
import { rowsOfEach, writePlaced, type PlacedRow } from '../../../platform/database/placed-questions.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { JobStatus } from '../job.machine.js';
import type { EventsPosition, JobEventView, PlacedJobEvent } from './job-event.view.js';

/** An event with the owner of its job. */
export type OwnedJobEvent = JobEventView & { readonly ownerId: string };

type EventRow = Omit<JobEventView, 'id' | 'occurredAt'> & {
  readonly id: string;
  readonly occurredAt: string | Date;
};

const COLUMNS = `id, job_id as "jobId", occurred_at as "occurredAt", from_status as "from", to_status as "to", reason, attempt,
  worker_id as "workerId"`;

/** How long it is known which jobs were deleted. */
const KEPT_DAYS = 30;

const IN_PLACE = `event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  and (event.transaction_id, event.id) > (wanted."transactionId", wanted."eventId")`;

/** The events of a job past one of them. */
export interface LaterEvents {
  readonly jobId: string;
  readonly after: number;
}

/** The events of all jobs of an owner past a place. */
export type LaterOwnEvents = OwnerFilter & EventsPosition;

/** An event, or the deletion of a job, which has no status. */
interface EventOrDeletionRow extends PlacedRow {
  readonly id: string;
  readonly jobId: string;
  readonly occurredAt: string | Date;
  readonly from: JobStatus | null;
  readonly to: JobStatus | null;
  readonly reason: string | null;
  readonly attempt: number | null;
  readonly workerId: string | null;
  readonly transactionId: string;
}

@Injectable()
export class JobEventsRepository {
  constructor(private readonly em: EntityManager) {}

  /** In the order in which they happened. */
  async listLater(wanted: readonly LaterEvents[]): Promise<JobEventView[][]> {
    const rows = await this.em.execute<(EventRow & PlacedRow)[]>(
      `select place, ${COLUMNS} from jsonb_to_recordset(?::jsonb) as wanted (place integer, "jobId" uuid, after bigint),
       lateral (select * from job_events where job_id = wanted."jobId" and id > wanted.after) as event order by id`,
      [writePlaced(wanted)],
    );
    return rowsOfEach(wanted, rows).map((own) => own.map(toView));
  }

  /** How often a worker gave the job back for this reason, since its owner last asked for it. */
  async countReturned(jobId: string, reason: string): Promise<number> {
    const [row] = await this.em.execute<{ count: string }[]>(
      `select count(*) as count from job_events where job_id = ? and to_status = 'queued' and reason = ?
         and id > (select max(id) from job_events where job_id = ? and reason in ('created', 'retried'))`,
      [jobId, reason, jobId],
    );
    return Number(row?.count ?? 0);
  }

  /** The place before all that is still to come. */
  async findEnd(): Promise<EventsPosition> {
    const [row] = await this.em.execute<{ id: string }[]>(
      'select pg_snapshot_xmin(pg_current_snapshot())::text as id',
    );
    return { transactionId: row?.id ?? '0', eventId: 0 };
  }

  /**
   * Events of all jobs of an owner, and which were deleted, in an order in which none is ever added before one that was seen: those of
   * transactions that are open, or began after one that is, come later.
   */
  async listOfOwners(wanted: readonly LaterOwnEvents[], limit: number): Promise<PlacedJobEvent[][]> {
    const rows = await this.em.execute<EventOrDeletionRow[]>(
      `select place, ${COLUMNS}, own.transaction_id::text as "transactionId"
       from jsonb_to_recordset(?::jsonb) as wanted (place integer, "ownerId" uuid, "transactionId" xid8, "eventId" bigint),
       lateral (
         (select event.id, event.job_id, event.occurred_at, event.from_status, event.to_status, event.reason, event.attempt,
            event.worker_id, event.transaction_id
          from job_events as event join jobs as job on job.id = event.job_id
          where job.owner_id = wanted."ownerId" and ${IN_PLACE} order by event.transaction_id, event.id limit ?)
         union all
         (select event.id, event.job_id, event.occurred_at, null, null, null, null, null, event.transaction_id
          from job_deletions as event
          where event.owner_id = wanted."ownerId" and ${IN_PLACE} order by event.transaction_id, event.id limit ?)
         order by transaction_id, id limit ?
       ) as own order by own.transaction_id, own.id`,
      [writePlaced(wanted), limit, limit, limit],
    );
    return rowsOfEach(wanted, rows).map((own) => own.map(toPlaced));
  }

  /**
   * Whose events, or deletions, took their place since the end of the call before.
   *
   * @param end null: since now
   */
  async findOwnersSince(end: string | null): Promise<{ end: string; owners: readonly string[] }> {
    const [row] = await this.em.execute<{ end: string; owners: string[] }[]>(
      `with span as (
         select pg_snapshot_xmin(pg_current_snapshot()) as until, coalesce(?::xid8, pg_snapshot_xmin(pg_current_snapshot())) as since
       )
       select until::text as end, array(
         select job.owner_id from job_events as event join jobs as job on job.id = event.job_id
         where event.transaction_id >= since and event.transaction_id < until
         union
         select owner_id from job_deletions where transaction_id >= since and transaction_id < until
       ) as owners from span`,
      [end],
    );
    if (row === undefined) throw new Error('The database gave no end of events');
    return row;
  }

  /** Writes into the transaction that is open. Who was away for very long is not told of it. */
  async noteDeleted(jobId: string, { ownerId }: OwnerFilter): Promise<void> {
    await this.em.execute('insert into job_deletions (job_id, owner_id) values (?, ?)', [jobId, ownerId]);
    await this.em.execute(
      'delete from job_deletions where owner_id = ? and occurred_at < now() - make_interval(days => ?)',
      [ownerId, KEPT_DAYS],
    );
  }

  /**
   * The oldest that nobody was told of, past those that others are telling of at this moment; nobody else gets them when the transaction
   * that is open has ended. A crash of the database may take it back, with all else that this transaction writes: then they are told again.
   */
  takeToRelay(limit: number): Promise<OwnedJobEvent[]> {
    return this.take('relayed_at is null order by id limit ? for update skip locked', [limit], COMMIT_EARLY);
  }

  /** Those of one job, also when others are about to tell of them, and give up. */
  takeOf(jobId: string): Promise<OwnedJobEvent[]> {
    return this.take('job_id = ? and relayed_at is null order by id for update', [jobId], 'true');
  }

  private async take(which: string, values: readonly unknown[], also: string): Promise<OwnedJobEvent[]> {
    const rows = await this.em.execute<(EventRow & { readonly ownerId: string })[]>(
      `with taken as (
         select id from job_events where ${which}
       ), event as (
         update job_events set relayed_at = now() from taken where job_events.id = taken.id and ${also}
         returning job_events.*
       )
       select ${COLUMNS}, (select owner_id from jobs where jobs.id = job_id) as "ownerId" from event order by id`,
      [...values],
    );
    return rows.map((row) => ({ ...toView(row), ownerId: row.ownerId }));
  }
}

function toPlaced(row: EventOrDeletionRow): PlacedJobEvent {
  const { transactionId, jobId, from, to, reason, attempt, workerId } = row;
  const id = Number(row.id);
  const position = { transactionId, eventId: id };
  if (to === null || reason === null || attempt === null) return { kind: 'deleted', jobId, position };
  const occurredAt = new Date(row.occurredAt);
  return { kind: 'status', event: { id, jobId, occurredAt, from, to, reason, attempt, workerId }, position };
}

function toView({ id, jobId, occurredAt, from, to, reason, attempt, workerId }: EventRow): JobEventView {
  return { id: Number(id), jobId, occurredAt: new Date(occurredAt), from, to, reason, attempt, workerId };
}
