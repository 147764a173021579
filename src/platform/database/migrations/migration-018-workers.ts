import { Migration } from '@mikro-orm/migrations';

/** Which processes work on jobs, what each is at, and what administrators want of it. */
export class Migration018Workers extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table workers (
        id uuid primary key,
        name text not null,
        version text not null,
        driver text not null,
        concurrency integer not null,
        state text not null check (state in ('active', 'paused', 'draining', 'drained')),
        wanted_state text not null default 'active' check (wanted_state in ('active', 'paused', 'drained')),
        model text,
        memory_bytes bigint,
        started_at timestamptz not null default now(),
        seen_at timestamptz not null default now()
      )`);
    this.addSql(`create index jobs_finished on jobs (finished_at) where finished_at is not null`);
  }

  override async down(): Promise<void> {
    this.addSql('drop index jobs_finished');
    this.addSql('drop table workers');
  }
}
