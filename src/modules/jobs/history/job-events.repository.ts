import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { JobEvent } from './job-event.entity.js';
import type { JobEventView } from './job-event.view.js';

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

  /** The oldest that nobody was told of. */
  async listToRelay(limit: number): Promise<JobEventView[]> {
    const events = await this.em.find(
      JobEvent,
      { relayedAt: null },
      { orderBy: { id: 'asc' }, limit, disableIdentityMap: true },
    );
    return events.map(toView);
  }

  /** @returns those that nobody else has marked before; they are locked until the transaction that is open ends */
  async markRelayed(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.em.execute<{ id: string }[]>(
      `update job_events set relayed_at = now()
       where id in (select id from job_events where id in (${ids.map(() => '?').join(', ')}) and relayed_at is null
         order by id for update skip locked) returning id`,
      [...ids],
    );
    return new Set(rows.map(({ id }) => Number(id)));
  }
}

function toView(event: JobEvent): JobEventView {
  const { id, jobId, occurredAt, fromStatus, toStatus, reason, attempt, workerId } = event;
  return { id, jobId, occurredAt, from: fromStatus, to: toStatus, reason, attempt, workerId };
}
