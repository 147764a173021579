import { Migration } from '@mikro-orm/migrations';

/**
 * What ended in the last hour, also of jobs that were deleted since; and heartbeats that touch no index, for which a page needs room for
 * another copy of its rows.
 */
export class Migration027EndedJobs extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table ended_jobs (
        id bigint generated always as identity primary key,
        finished_at timestamptz not null default now(),
        status text not null check (status in ('completed', 'failed')),
        audio_seconds double precision not null,
        work_seconds double precision not null
      )`);
    this.addSql('create index ended_jobs_by_time on ended_jobs (finished_at)');
    this.addSql(`
      insert into ended_jobs (finished_at, status, audio_seconds, work_seconds)
      select finished_at, status, coalesce(duration_seconds, 0), coalesce(extract(epoch from finished_at - started_at), 0)
      from jobs where finished_at > now() - interval '1 hour' and status in ('completed', 'failed')`);
    this.addSql('drop index jobs_leased');
    this.addSql(`create index jobs_processing on jobs (created_at, id) where status = 'processing'`);
    this.addSql('alter table jobs set (fillfactor = 80)');
  }

  override async down(): Promise<void> {
    this.addSql('alter table jobs reset (fillfactor)');
    this.addSql('drop index jobs_processing');
    this.addSql(`create index jobs_leased on jobs (lease_expires_at) where status = 'processing'`);
    this.addSql('drop table ended_jobs');
  }
}
