import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { JobStatus } from '../job.machine.js';
import type { AcceptedItem, RefusedItem } from './batch.view.js';

export interface BatchRow {
  readonly id: string;
  readonly name: string | null;
  readonly createdAt: Date | string;
  readonly refused: readonly RefusedItem[];
}

/** The jobs of one batch that have one status. */
export interface BatchShare {
  readonly batchId: string;
  readonly status: JobStatus;
  readonly count: number;
  readonly doneSeconds: number;
  /** Null where a length is unknown. */
  readonly totalSeconds: number | null;
  /** When the last one will have ended at its speed; null where one is unknown. */
  readonly estimatedEndAt: Date | string | null;
}

const COLUMNS = 'id, name, created_at as "createdAt", refused';

@Injectable()
export class BatchesRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(id: string, { ownerId }: OwnerFilter, name: string | null, createdAt: Date): Promise<void> {
    await this.em.execute('insert into job_batches (id, owner_id, name, created_at) values (?, ?, ?, ?)', [
      id,
      ownerId,
      name,
      createdAt,
    ]);
  }

  async setOutcome(
    id: string,
    jobIds: readonly (string | null)[],
    refused: readonly RefusedItem[],
  ): Promise<void> {
    await this.em.execute('update job_batches set job_ids = ?, refused = ? where id = ?', [
      JSON.stringify(jobIds),
      JSON.stringify(refused),
      id,
    ]);
  }

  /** In the order in which they were named; without those that were deleted. */
  listAccepted(id: string): Promise<AcceptedItem[]> {
    return this.em.execute(
      `select named.number::int - 1 as position, jobs.id as "jobId", jobs.media_file_id as "mediaId", original_filename as filename
       from job_batches, jsonb_array_elements_text(job_ids) with ordinality as named (job_id, number)
         join jobs on jobs.id = named.job_id::uuid
       where job_batches.id = ? order by named.number`,
      [id],
    );
  }

  async find(id: string, { ownerId }: OwnerFilter): Promise<BatchRow | null> {
    const [row] = await this.em.execute<BatchRow[]>(
      `select ${COLUMNS} from job_batches where id = ? and owner_id = ?`,
      [id, ownerId],
    );
    return row ?? null;
  }

  list({ ownerId }: OwnerFilter, offset: number, limit: number): Promise<BatchRow[]> {
    return this.em.execute(
      `select ${COLUMNS} from job_batches where owner_id = ? order by created_at desc, id desc limit ? offset ?`,
      [ownerId, limit, offset],
    );
  }

  async count({ ownerId }: OwnerFilter): Promise<number> {
    const [row] = await this.em.execute<{ count: string }[]>(
      'select count(*) as count from job_batches where owner_id = ?',
      [ownerId],
    );
    return Number(row?.count ?? 0);
  }

  listShares(ids: readonly string[]): Promise<BatchShare[]> {
    return this.em.execute(
      `select batch_id as "batchId", status, count(*)::int as count,
         sum(case when status in ('queued', 'processing') then processed_seconds else coalesce(duration_seconds, 0) end) as "doneSeconds",
         case when count(*) = count(duration_seconds) then sum(duration_seconds) end as "totalSeconds",
         case when status = 'processing' and count(*) = count(duration_seconds / nullif(speed, 0)) then
           max(updated_at + make_interval(secs => greatest(0, duration_seconds - processed_seconds) / nullif(speed, 0))) end as "estimatedEndAt"
       from jobs where batch_id = any(string_to_array(?, ',')::uuid[]) group by batch_id, status`,
      [ids.join(',')],
    );
  }

  /** Its jobs with one of these statuses; what waits first, so that none of it is begun while the others are dealt with. */
  async listJobs(id: string, statuses: readonly JobStatus[]): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      `select id from jobs where batch_id = ? and status in (${statuses.map(() => '?').join(', ')})
       order by status = 'queued' desc, id desc`,
      [id, ...statuses],
    );
    return rows.map(({ id: jobId }) => jobId);
  }

  /** One that has no jobs any more. */
  async delete(id: string): Promise<void> {
    await this.em.execute('delete from job_batches where id = ?', [id]);
  }
}
