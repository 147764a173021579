import { Migration } from '@mikro-orm/migrations';

/** The history of jobs, which is their outbox too; priority and turns; the model's revision and the worker. */
export class Migration015JobLife extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      alter table jobs
        add column priority smallint not null default 0 check (priority between -1 and 1),
        add column turn bigint not null default 0,
        add column model_revision text,
        add column worker_id uuid,
        add column stage text,
        add column speed double precision`);
    this.addSql(`drop index jobs_waiting`);
    this.addSql(`create index jobs_queue on jobs (priority desc, turn, id) where status = 'queued'`);
    this.addSql(
      `create index jobs_queue_of_owner on jobs (owner_id, priority, turn) where status = 'queued'`,
    );
    this.addSql(`
      create table job_events (
        id bigint generated always as identity primary key,
        job_id uuid not null references jobs (id) on delete cascade,
        occurred_at timestamptz not null default now(),
        from_status text,
        to_status text not null,
        reason text not null,
        attempt integer not null,
        worker_id uuid,
        relayed_at timestamptz
      )`);
    this.addSql(`create index job_events_of_job on job_events (job_id, id)`);
    this.addSql(`create index job_events_to_relay on job_events (id) where relayed_at is null`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table job_events');
    this.addSql('drop index jobs_queue_of_owner');
    this.addSql('drop index jobs_queue');
    this.addSql(`create index jobs_waiting on jobs (created_at, id) where status = 'queued'`);
    this.addSql(`
      alter table jobs drop column priority, drop column turn, drop column model_revision, drop column worker_id,
        drop column stage, drop column speed`);
  }
}
