import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { SqlCondition } from '../../../platform/database/sql-condition.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
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

/** With the condition on jobs that have the text of the filter in what came of them. */
export interface JobSearch {
  readonly filter: JobFilter;
  readonly hasText: SqlCondition | null;
}

@Injectable()
export class JobListsRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Where the jobs stand that follow this place, in order.
   *
   * @param owner null: jobs of everybody
   */
  async listPlaces(
    owner: OwnerFilter | null,
    search: JobSearch,
    sort: JobSort,
    from: { readonly after: JobPlace | null; readonly offset: number },
    limit: number,
  ): Promise<JobPlace[]> {
    const key = KEYS[sort.endsWith('created_at') ? 'created_at' : 'duration'];
    const [direction, beyond] = sort.startsWith('-') ? ['desc', '<'] : ['asc', '>'];
    const { after, offset } = from;
    const conditions = conditionsOf(owner, search);
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

  async count(owner: OwnerFilter, search: JobSearch): Promise<number> {
    const conditions = conditionsOf(owner, search);
    const [row] = await this.em.execute<{ count: string }[]>(
      `select count(*) as count from jobs where ${conditions.map(({ sql }) => sql).join(' and ')}`,
      conditions.flatMap(({ values }) => values),
    );
    return Number(row?.count ?? 0);
  }
}

function conditionsOf(owner: OwnerFilter | null, { filter, hasText }: JobSearch): SqlCondition[] {
  const { statuses, model, language, createdAfter, createdBefore, batchId, text } = filter;
  const of = (sql: string, value: unknown): SqlCondition[] =>
    value === undefined ? [] : [{ sql, values: [value] }];
  const isNamed = of('strpos(lower(original_filename), lower(?)) > 0', text);
  return [
    ...(owner === null ? [{ sql: 'true', values: [] }] : of('owner_id = ?', owner.ownerId)),
    ...of('owner_id = ?', filter.ownerId),
    ...of(`status = any(string_to_array(?, ','))`, statuses?.join(',')),
    ...of('model = ?', model),
    ...of('error_code = ?', filter.errorCode),
    ...of('coalesce(detected_language, language) = ?', language),
    ...of('created_at >= ?', createdAfter),
    ...of('created_at < ?', createdBefore),
    ...of('batch_id = ?::uuid', batchId),
    ...(hasText === null ? isNamed : [anyOf([...isNamed, hasText])]),
  ];
}

function anyOf(conditions: readonly SqlCondition[]): SqlCondition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' or ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
