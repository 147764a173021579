import { Migration } from '@mikro-orm/migrations';

/** What is finished of transcripts whose jobs are not, and where the engine goes on. */
export class Migration016TranscriptDrafts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table transcript_drafts (
        job_id uuid primary key references jobs (id) on delete cascade,
        made_with text not null,
        language text,
        position double precision not null,
        engine_state jsonb not null,
        pieces integer not null,
        updated_at timestamptz not null default now()
      )`);
    this.addSql(`
      create table transcript_draft_pieces (
        job_id uuid not null references transcript_drafts (job_id) on delete cascade,
        number integer not null,
        segments jsonb not null,
        primary key (job_id, number)
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table transcript_draft_pieces');
    this.addSql('drop table transcript_drafts');
  }
}
