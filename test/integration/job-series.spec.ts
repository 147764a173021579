import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { JobSeriesRepository } from '../../src/modules/jobs/figures/job-series.repository.js';
import { UploadFiguresRepository } from '../../src/modules/uploads/figures/upload-figures.repository.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import type { TimeBuckets } from '../../src/platform/database/time-buckets.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

const JOBS = 100_000;
const NOW = '2026-11-28T12:00:00Z';
const DAY: TimeBuckets = { from: new Date('2026-11-27T12:00:00Z'), stepSeconds: 1800, count: 48 };
const MONTH: TimeBuckets = { from: new Date('2026-10-29T12:00:00Z'), stepSeconds: 43_200, count: 60 };

describe('a hundred thousand jobs of a year', () => {
  let database: TestDatabase;
  let orm: MikroORM;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    // By a connection of its own: those of the service do not wait that long.
    await executeSql(
      database.url,
      `
      insert into jobs (id, owner_id, original_filename, status, model, duration_seconds, created_at, updated_at, started_at, finished_at)
      select ('0190aaaa-bbbb-7ccc-8ddd-' || lpad(i::text, 12, '0'))::uuid, '${LOCAL_USER_ID}', 'a.wav', 'completed', 'base', 10,
        ended - interval '1 hour', ended, ended - interval '5 seconds', ended
      from (select i, '${NOW}'::timestamptz - interval '1 second' - interval '5 minutes' * i as ended from generate_series(0, ${JOBS - 1}) as i) as jobs;
      insert into media_files (id, original_filename, blob_key, sha256, size_bytes, container, codec, duration_seconds, sample_rate, channels, created_at, owner_id)
      select id, 'a.wav', id::text, repeat('0', 64), 3, 'wav', 'pcm_s16le', 10, 16000, 1, created_at, owner_id from jobs;
      analyze jobs; analyze media_files`,
    );
  }, 120_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  /** How the database goes about it, besides what `read` gives. */
  async function watch<T>(
    read: (repositories: { jobs: JobSeriesRepository; uploads: UploadFiguresRepository }) => Promise<T>,
  ): Promise<{ rows: T; plan: string }> {
    const em = orm.em.fork();
    const execute = em.execute.bind(em);
    const plan: string[] = [];
    em.execute = (async (sql: string, values: unknown[]) => {
      const lines = await execute<Record<string, string>[]>(`explain ${sql}`, values);
      plan.push(...lines.map((line) => line['QUERY PLAN'] ?? ''));
      return execute(sql, values);
    }) as typeof em.execute;
    const rows = await read({ jobs: new JobSeriesRepository(em), uploads: new UploadFiguresRepository(em) });
    return { rows, plan: plan.join('\n') };
  }

  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  it('are counted over a month, each in its bucket', async () => {
    const { rows } = await watch(({ jobs }) => jobs.listEnded(MONTH));

    expect(rows.map(({ bucket }) => bucket).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 60 }, (_, index) => index),
    );
    expect(new Set(rows.map(({ count }) => count))).toEqual(new Set([144]));
    expect(rows[0]).toMatchObject({ status: 'completed', code: null, audioSeconds: 1440, workSeconds: 720 });
  });

  it('leave the queue as empty as they found it', async () => {
    const { rows } = await watch(({ jobs }) => jobs.listQueueChanges(DAY));

    // At each moment the twelve waited that were created in the hour before.
    expect(rows.find(({ bucket }) => bucket === 0)?.change).toBe(12);
    expect(sum(rows.map(({ change }) => change))).toBe(0);
    expect(rows.every(({ longestWaitSeconds }) => longestWaitSeconds === 3595)).toBe(true);
  });

  it('are found by indexes where a day is asked for, and so are recordings', async () => {
    for (const read of [
      ({ jobs }: { jobs: JobSeriesRepository }) => jobs.listEnded(DAY),
      ({ jobs }: { jobs: JobSeriesRepository }) => jobs.listQueueChanges(DAY),
      ({ uploads }: { uploads: UploadFiguresRepository }) => uploads.listArrived(DAY),
    ]) {
      const { plan } = await watch<unknown>(read);

      expect(plan).toMatch(/(?:jobs_finished|media_files_newest)/);
      expect(plan).not.toContain('Seq Scan');
    }
  });
});
