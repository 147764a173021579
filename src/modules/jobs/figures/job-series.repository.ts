import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { bucketOf, bucketValues, type TimeBuckets } from '../../../platform/database/time-buckets.js';
import type { EndedJobs, QueueChange } from './job-series.view.js';

/** What waited at any moment since then has not ended, or ended since: each part has an index. */
const KNOWN_SINCE = `
  select created_at, coalesce(started_at, finished_at) as left_at from jobs where finished_at >= ?
  union all select created_at, started_at from jobs where status = 'queued'
  union all select created_at, started_at from jobs where status = 'processing'`;

@Injectable()
export class JobSeriesRepository {
  constructor(private readonly em: EntityManager) {}

  async listEnded(buckets: TimeBuckets): Promise<EndedJobs[]> {
    const rows = await this.em.execute<(Omit<EndedJobs, 'count'> & { count: string })[]>(
      `select ${bucketOf('finished_at')} as bucket, status, error_code as code,
         count(*) as count, coalesce(sum(duration_seconds), 0)::float8 as "audioSeconds",
         coalesce(sum(extract(epoch from finished_at - started_at)), 0)::float8 as "workSeconds"
       from jobs where finished_at >= ? group by 1, 2, 3`,
      [...bucketValues(buckets), buckets.from],
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  async listQueueChanges(buckets: TimeBuckets): Promise<QueueChange[]> {
    const { from } = buckets;
    const rows = await this.em.execute<(Omit<QueueChange, 'change'> & { change: string })[]>(
      `with known as (${KNOWN_SINCE}),
         moves as (
           select greatest(created_at, ?::timestamptz) as at, 1 as change, null::float8 as waited
             from known where left_at is null or left_at >= ?
           union all select left_at, -1, extract(epoch from left_at - created_at)::float8 from known where left_at >= ?)
       select ${bucketOf('at')} as bucket, sum(change) as change, max(waited) as "longestWaitSeconds" from moves group by 1`,
      [from, from, from, from, ...bucketValues(buckets)],
    );
    return rows.map((row) => ({ ...row, change: Number(row.change) }));
  }
}
