import { Migration } from '@mikro-orm/migrations';

/** Media files, jobs and transcripts. */
export class Migration001Transcription extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table media_files (
        id uuid primary key,
        original_filename text not null,
        blob_key text not null unique,
        sha256 char(64) not null,
        size_bytes bigint not null check (size_bytes > 0),
        container text not null,
        codec text not null,
        duration_seconds double precision,
        sample_rate integer not null,
        channels integer not null,
        created_at timestamptz not null
      )`);
    this.addSql(`
      create table jobs (
        id uuid primary key,
        media_file_id uuid not null references media_files (id),
        original_filename text not null,
        status text not null check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
        model text not null,
        language text,
        duration_seconds double precision,
        processed_seconds double precision not null default 0,
        attempts integer not null default 0,
        available_at timestamptz,
        lease_token uuid,
        lease_expires_at timestamptz,
        error_code text,
        error_detail text,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        started_at timestamptz,
        finished_at timestamptz,
        check ((status = 'processing') = (lease_token is not null)),
        check ((status = 'failed') = (error_code is not null))
      )`);
    this.addSql(`create index jobs_newest on jobs (created_at desc, id desc)`);
    this.addSql(`create index jobs_media_file on jobs (media_file_id)`);
    this.addSql(`create index jobs_waiting on jobs (created_at, id) where status = 'queued'`);
    this.addSql(`create index jobs_leased on jobs (lease_expires_at) where status = 'processing'`);
    this.addSql(`
      create table transcripts (
        job_id uuid primary key references jobs (id),
        model text not null,
        language text,
        language_probability double precision,
        duration_seconds double precision not null,
        text text not null,
        segments jsonb not null,
        created_at timestamptz not null
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table transcripts');
    this.addSql('drop table jobs');
    this.addSql('drop table media_files');
  }
}
