import { Migration } from '@mikro-orm/migrations';

/** What became of each recording of a batch, which jobs were deleted, and where a text is in transcripts. */
export class Migration021BatchesDeletionsTexts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table job_batches add column job_ids jsonb not null default '[]'`);
    // Nobody knows the places of those that were refused before, which clients are told now.
    this.addSql(`update job_batches set refused = '[]'`);
    // One row of numbers with the events, so that both have places in the same order.
    this.addSql(`
      create table job_deletions (
        id bigint primary key default nextval(pg_get_serial_sequence('job_events', 'id')),
        job_id uuid not null,
        owner_id uuid not null references users (id) on delete cascade,
        occurred_at timestamptz not null default now(),
        transaction_id xid8 not null default pg_current_xact_id()
      )`);
    this.addSql('create index job_deletions_of_owner on job_deletions (owner_id, transaction_id, id)');
    // Not every server has the extension, or lets us have it: the search is the same without, only slower.
    this.addSql(`
      do $$ begin
        create extension if not exists pg_trgm;
        create index transcripts_text on transcripts using gin (lower(text) gin_trgm_ops) with (fastupdate = off);
      exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
        raise notice 'There is no index of the texts: %', sqlerrm;
      end $$`);
  }

  override async down(): Promise<void> {
    // Others may use the extension.
    this.addSql('drop index if exists transcripts_text');
    this.addSql('drop table job_deletions');
    this.addSql('alter table job_batches drop column job_ids');
  }
}
