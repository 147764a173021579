import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { JobEvent } from './job-event.entity.js';
import { COMMIT_EARLY } from '../../../platform/database/commit-early.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { EventsPosition, JobEventView, PlacedJobEvent } from './job-event.view.js';

type EventRow = Omit<JobEventView, 'id' | 'occurredAt'> & {
  readonly id: string;
  readonly occurredAt: string | Date;
};
type PlacedRow = EventRow & { readonly transactionId: string };

const COLUMNS = `event.id, event.job_id as "jobId", event.occurred_at as "occurredAt", event.from_status as "from",
  event.to_status as "to", event.reason, event.attempt, event.worker_id as "workerId"`;

@Injectable()
export class JobEventsRepository {
  constructor(private readonly em: EntityManager) {}

  /** In the order in which they happened. */
  async listOf(jobId: string, after = 0): Promise<JobEventView[]> {
    const events = await this.em.find(
      JobEvent,
      { jobId, id: { $gt: after } },
      { orderBy: { id: 'asc' }, disableIdentityMap: true },
    );
    return events.map(toView);
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
   * Events of all jobs of an owner, in an order in which none is ever added before one that was seen: those of transactions that are open, or
   * began after one that is, come later.
   */
  async listOfOwner(
    { ownerId }: OwnerFilter,
    { transactionId, eventId }: EventsPosition,
    limit: number,
  ): Promise<PlacedJobEvent[]> {
    const rows = await this.em.execute<PlacedRow[]>(
      `select ${COLUMNS}, event.transaction_id::text as "transactionId"
       from job_events as event join jobs as job on job.id = event.job_id
       where job.owner_id = ? and event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
         and (event.transaction_id, event.id) > (?::xid8, ?::bigint)
       order by event.transaction_id, event.id limit ?`,
      [ownerId, transactionId, eventId, limit],
    );
    return rows.map(({ transactionId: placed, ...row }) => {
      const event = fromRow(row);
      return { event, position: { transactionId: placed, eventId: event.id } };
    });
  }

  /**
   * The oldest that nobody was told of, past those that others are telling of at this moment; nobody else gets them when the transaction
   * that is open has ended. A crash of the database may take it back, with all else that this transaction writes: then they are told again.
   */
  async takeToRelay(limit: number): Promise<JobEventView[]> {
    const rows = await this.em.execute<EventRow[]>(
      `with taken as (
         select id from job_events where relayed_at is null order by id limit ? for update skip locked
       ), event as (
         update job_events set relayed_at = now() from taken where job_events.id = taken.id and ${COMMIT_EARLY}
         returning job_events.*
       )
       select ${COLUMNS} from event order by event.id`,
      [limit],
    );
    return rows.map(fromRow);
  }
}

function fromRow(row: EventRow): JobEventView {
  return { ...row, id: Number(row.id), occurredAt: new Date(row.occurredAt) };
}

function toView(event: JobEvent): JobEventView {
  const { id, jobId, occurredAt, fromStatus, toStatus, reason, attempt, workerId } = event;
  return { id, jobId, occurredAt, from: fromStatus, to: toStatus, reason, attempt, workerId };
}
