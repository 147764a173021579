import { Migration } from '@mikro-orm/migrations';

/** Jobs in batches and in other orders than by age; where streams of events and of text stand. */
export class Migration019BatchesAndStreams extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table job_batches (
        id uuid primary key,
        owner_id uuid not null references users (id) on delete cascade,
        name text,
        refused jsonb not null default '[]',
        created_at timestamptz not null
      )`);
    this.addSql(
      `create index job_batches_newest_of_owner on job_batches (owner_id, created_at desc, id desc)`,
    );
    this.addSql(`alter table jobs add column batch_id uuid references job_batches (id)`);
    this.addSql(`create index jobs_of_batch on jobs (batch_id, id) where batch_id is not null`);
    this.addSql(
      `create index jobs_longest_of_owner on jobs (owner_id, coalesce(duration_seconds, 0) desc, id desc)`,
    );
    // Numbers are given out before they are committed, so only the transaction tells which events are still to come.
    this.addSql(
      `alter table job_events add column transaction_id xid8 not null default pg_current_xact_id()`,
    );
    this.addSql(`create index job_events_in_order on job_events (transaction_id, id)`);
    this.addSql(`alter table transcript_drafts add column id bigint generated always as identity`);
    this.addSql(`alter table transcript_draft_pieces add column segments_until integer`);
    this.addSql(`
      update transcript_draft_pieces as piece set segments_until = counted.until from (
        select job_id, number, sum(jsonb_array_length(segments)) over (partition by job_id order by number) as until
        from transcript_draft_pieces
      ) as counted where counted.job_id = piece.job_id and counted.number = piece.number`);
    this.addSql(`alter table transcript_draft_pieces alter column segments_until set not null`);
    this.addSql(`alter table transcripts add column draft_id bigint`);
  }

  override async down(): Promise<void> {
    this.addSql('alter table transcripts drop column draft_id');
    this.addSql('alter table transcript_draft_pieces drop column segments_until');
    this.addSql('alter table transcript_drafts drop column id');
    this.addSql('alter table job_events drop column transaction_id');
    this.addSql('drop index jobs_longest_of_owner');
    this.addSql('alter table jobs drop column batch_id');
    this.addSql('drop table job_batches');
  }
}
