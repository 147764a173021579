import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import type { Principal } from '../../src/modules/auth/access/principal.view.js';
import {
  JOB_SORTS,
  type JobListRequest,
  type CountedJobPage,
} from '../../src/modules/jobs/lists/job-list.view.js';
import { whereText } from '../../src/modules/transcription/transcripts/text-condition.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { FIRST_PAGE, NO_RESULTS, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';
import { openOrm } from '../support/orm.js';

const JOBS = 10_000;
const anna: Principal = { ...LOCAL_PRINCIPAL, userId: '0190aaaa-bbbb-7ccc-8ddd-00000000000a' };
const WITH_TEXT = '0190aaaa-bbbb-7ccc-8ddd-000000000007';

describe('ten thousand jobs', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let room: JobsRoom;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    room = openJobsRoom(orm, new UnitOfWork(orm));
    room.results.register({ ...NO_RESULTS, whereText });
    await execute(
      `insert into users (id, username, role, must_change_password, created_at, updated_at) values ('${anna.userId}', 'anna', 'user', false, now(), now())`,
    );
    await execute(`
      insert into jobs (id, owner_id, original_filename, status, model, language, duration_seconds, created_at, updated_at, finished_at)
      select ('0190aaaa-bbbb-7ccc-8ddd-' || lpad(i::text, 12, '0'))::uuid,
        case when i % 2 = 0 then '${LOCAL_PRINCIPAL.userId}' else '${anna.userId}' end::uuid, 'Talk ' || i || '.WAV',
        case when i % 10 = 1 then 'cancelled' else 'completed' end, case when i % 4 = 1 then 'base' else 'tiny' end,
        case when i % 3 = 0 then 'en' end, nullif(i % 50, 3),
        '2026-01-01T00:00:00Z'::timestamptz + interval '1 second' * (i / 7) + interval '1 microsecond' * (i % 3), now(), now()
      from generate_series(1, ${JOBS}) as i`);
    await execute(`
      insert into transcripts (job_id, model, duration_seconds, text, segments, created_at)
      select id, 'base', 1, case when id = '${WITH_TEXT}' then 'What She_Said, Élise 100%' else md5(id::text) || ' ' || md5(original_filename) end,
        '[]', now() from jobs`);
    await execute('analyze jobs; analyze transcripts');
  }, 90_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  function execute<T = unknown>(sql: string): Promise<T> {
    return orm.em.fork().execute(sql) as Promise<T>;
  }

  function list(request: Partial<JobListRequest>): Promise<CountedJobPage> {
    return room.lists.list(anna, { ...FIRST_PAGE, ...request });
  }

  const idsOf = ({ jobs }: CountedJobPage): string[] => jobs.map(({ id }) => id);

  async function pages(request: Partial<JobListRequest>): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ ...request, limit: 600, cursor });
      ids.push(...idsOf(page));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  }

  it.each(JOB_SORTS)('are paged by %s without one twice or missing, as in one list', async (sort) => {
    const ids = await pages({ sort });

    expect(new Set(ids).size).toBe(JOBS / 2);
    expect(ids).toEqual(idsOf(await list({ sort, limit: JOBS })));
  });

  it('are paged on as they were when jobs come and go', async () => {
    const [first, all] = [await list({}), idsOf(await list({ limit: 20 }))];
    await execute(
      `delete from transcripts where job_id = '${all[9]}'; delete from jobs where id = '${all[9]}'`,
    );
    await execute(
      `insert into jobs (id, owner_id, original_filename, status, model, created_at, updated_at) values ('0190aaaa-bbbb-7ccc-8ddd-00000009999a', '${anna.userId}', 'new.wav', 'cancelled', 'base', now(), now())`,
    );

    expect(idsOf(await list({ cursor: first.nextCursor ?? '' }))).toEqual(all.slice(10));
    await execute(`delete from jobs where id = '0190aaaa-bbbb-7ccc-8ddd-00000009999a'`);
  });

  it.each<[Partial<JobListRequest>, string]>([
    [{ filter: { statuses: ['cancelled'] } }, `status = 'cancelled'`],
    [{ filter: { statuses: ['cancelled', 'completed'], model: 'base' } }, `model = 'base'`],
    [{ filter: { language: 'en', model: 'tiny' } }, `language = 'en' and model = 'tiny'`],
    [
      {
        filter: {
          createdAfter: new Date('2026-01-01T00:05:00Z'),
          createdBefore: new Date('2026-01-01T00:06:00Z'),
        },
      },
      `created_at >= '2026-01-01T00:05:00Z' and created_at < '2026-01-01T00:06:00Z'`,
    ],
    [{ filter: { text: 'tALK 77' } }, `original_filename ilike '%talk 77%'`],
    [
      { filter: { statuses: ['cancelled'], text: '1.w' } },
      `status = 'cancelled' and original_filename ilike '%1.w%'`,
    ],
  ])('are found by %j', async (request, condition) => {
    const rows = await execute<{ id: string }[]>(
      `select id from jobs where owner_id = '${anna.userId}' and ${condition} order by created_at desc, id desc`,
    );
    const expected = rows.map(({ id }) => id);
    const page = await list({ ...request, limit: JOBS });

    expect(idsOf(page)).toEqual(expected);
    expect(page.total).toBe(page.jobs.length);
  });

  it.each(['said', 'she_said', 'éLISE 100%', 'a', '%', '_'])(
    'are found by %j in all of their transcripts, old ones too',
    async (text) => {
      const rows = await execute<{ id: string }[]>(
        `select id from jobs join transcripts on job_id = id
         where owner_id = '${anna.userId}' and strpos(lower(original_filename || chr(10) || text), lower('${text}')) > 0
         order by jobs.created_at desc, id desc`,
      );
      const page = await list({ filter: { text }, limit: JOBS });

      expect(idsOf(page)).toEqual(rows.map(({ id }) => id));
      expect(idsOf(page)).toContain(WITH_TEXT);
      expect(page.total).toBe(rows.length);
    },
  );

  it('are found in transcripts by an index, not by reading all of them', async () => {
    const { sql, values } = whereText('she_said');
    const plan = await orm.em
      .fork()
      .execute<Record<string, string>[]>(`explain select id from jobs where ${sql}`, [...values]);

    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Bitmap Index Scan on transcripts_text/);
  });

  it.each(JOB_SORTS)('are read by an index when they are paged by %s, not all and sorted', async (sort) => {
    const key = sort.endsWith('created_at') ? 'created_at' : 'coalesce(duration_seconds, 0)';
    const direction = sort.startsWith('-') ? 'desc' : 'asc';
    const plan = await execute<Record<string, string>[]>(
      `explain select id from jobs where owner_id = '${anna.userId}' order by ${key} ${direction}, id ${direction} limit 21`,
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');

    expect(text).toMatch(/Index (?:Only )?Scan/);
    expect(text).not.toMatch(/\bSort\b/);
  });

  it.each(['x', ''])('have no page after the cursor %j, nor after one of another list', async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ code: 'validation_failed' });
    const { nextCursor } = await list({});
    await expect(list({ cursor: nextCursor ?? '', sort: 'duration' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(list({ cursor: nextCursor ?? '', skip: 1 })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
