import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { Job } from '../job.entity.js';
import type { JobFilter, JobPlace, JobSort } from './job-list.view.js';

/** What jobs are sorted by, how that is written so that nothing of it is lost, and its type. Each has an index. */
const KEYS = {
  created_at: {
    sql: 'created_at',
    text: `to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    type: 'timestamptz',
  },
  duration: {
    sql: 'coalesce(duration_seconds, 0)',
    text: 'coalesce(duration_seconds, 0)::text',
    type: 'float8',
  },
} as const;

/** A filter whose text was looked for in what came of jobs. */
export type SearchedFilter = JobFilter & {
  /** Those that have it there. */
  readonly withText: readonly string[];
};

interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

@Injectable()
export class JobListsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Where the jobs stand that follow this place, in order. */
  async listPlaces(
    owner: OwnerFilter,
    filter: SearchedFilter,
    sort: JobSort,
    from: { readonly after: JobPlace | null; readonly offset: number },
    limit: number,
  ): Promise<JobPlace[]> {
    const key = KEYS[sort.endsWith('created_at') ? 'created_at' : 'duration'];
    const [direction, beyond] = sort.startsWith('-') ? ['desc', '<'] : ['asc', '>'];
    const { after, offset } = from;
    const conditions = conditionsOf(owner, filter);
    if (after !== null)
      conditions.push({
        sql: `(${key.sql}, id) ${beyond} (?::${key.type}, ?::uuid)`,
        values: [after.key, after.id],
      });
    return this.em.execute(
      `select id, ${key.text} as key from jobs where ${conditions.map(({ sql }) => sql).join(' and ')}
       order by ${key.sql} ${direction}, id ${direction} limit ? offset ?`,
      [...conditions.flatMap(({ values }) => values), limit, offset],
    );
  }

  async count(owner: OwnerFilter, filter: SearchedFilter): Promise<number> {
    const conditions = conditionsOf(owner, filter);
    const [row] = await this.em.execute<{ count: string }[]>(
      `select count(*) as count from jobs where ${conditions.map(({ sql }) => sql).join(' and ')}`,
      conditions.flatMap(({ values }) => values),
    );
    return Number(row?.count ?? 0);
  }

  /** In the order of the ids. One that was deleted meanwhile is left out. */
  async listByIds(ids: readonly string[]): Promise<Job[]> {
    const jobs = await this.em.find(Job, { id: { $in: [...ids] } }, { disableIdentityMap: true });
    const byId = new Map(jobs.map((job) => [job.id, job]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }
}

function conditionsOf({ ownerId }: OwnerFilter, filter: SearchedFilter): Condition[] {
  const { statuses, model, language, createdAfter, createdBefore, batchId, text, withText } = filter;
  const of = (sql: string, value: unknown): Condition[] =>
    value === undefined ? [] : [{ sql, values: [value] }];
  return [
    { sql: 'owner_id = ?', values: [ownerId] },
    ...of(`status = any(string_to_array(?, ','))`, statuses?.join(',')),
    ...of('model = ?', model),
    ...of('language = ?', language),
    ...of('created_at >= ?', createdAfter),
    ...of('created_at < ?', createdBefore),
    ...of('batch_id = ?::uuid', batchId),
    ...(text === undefined
      ? []
      : [
          {
            sql: `(strpos(lower(original_filename), lower(?)) > 0 or id = any(string_to_array(?, ',')::uuid[]))`,
            values: [text, withText.join(',')],
          },
        ]),
  ];
}
