import { Migration } from '@mikro-orm/migrations';

/** What people make of transcripts: the newest version is the transcript itself, the ones before it are kept beside it. */
export class Migration030TranscriptVersions extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      alter table transcripts
        add column version integer not null default 1,
        add column revision integer not null default 1,
        add column kind text not null default 'transcribed' check (kind in ('transcribed', 'edited', 'restored')),
        add column author_id uuid,
        add column author_name text,
        add column restored_from integer,
        add column began_at timestamptz not null default now(),
        add column saved_at timestamptz not null default now(),
        add column speakers jsonb not null default '{}',
        add check ((version = 1) = (kind = 'transcribed'))`);
    this.addSql('update transcripts set began_at = created_at, saved_at = created_at');
    // The author is no reference: a version outlives who made it.
    this.addSql(`
      create table transcript_versions (
        job_id uuid not null references transcripts (job_id) on delete cascade,
        number integer not null,
        kind text not null,
        author_id uuid,
        author_name text,
        restored_from integer,
        began_at timestamptz not null,
        saved_at timestamptz not null,
        segment_count integer not null,
        word_count integer not null,
        text text not null,
        segments jsonb not null,
        speakers jsonb not null,
        primary key (job_id, number)
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table transcript_versions');
    this.addSql(`
      alter table transcripts drop column version, drop column revision, drop column kind, drop column author_id, drop column author_name,
        drop column restored_from, drop column began_at, drop column saved_at, drop column speakers`);
  }
}
