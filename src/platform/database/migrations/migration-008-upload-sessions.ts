import { Migration } from '@mikro-orm/migrations';

/** Uploads that come in several requests, and the parts of them that arrived. */
export class Migration008UploadSessions extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table upload_sessions (
        id uuid primary key,
        owner_id uuid not null references users (id),
        door text not null check (door in ('chunked', 'tus', 'url')),
        status text not null check (status in ('active', 'assembling', 'completed', 'failed', 'cancelled', 'expired')),
        original_filename text not null,
        size_bytes bigint check (size_bytes >= 0),
        received_bytes bigint not null default 0,
        arriving_bytes bigint not null default 0,
        chunk_bytes integer check (chunk_bytes > 0),
        sha256 char(64),
        options jsonb not null,
        metadata text,
        concat text,
        actor jsonb not null,
        media_file_id uuid references media_files (id) on delete set null,
        job_id uuid references jobs (id) on delete set null,
        error_code text,
        error_detail text,
        lease_token uuid,
        lease_expires_at timestamptz,
        lease_wanted boolean not null default false,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        expires_at timestamptz not null,
        check ((status = 'failed') = (error_code is not null)),
        check ((lease_token is null) = (lease_expires_at is null))
      )`);
    this.addSql(
      `create index upload_sessions_newest_of_owner on upload_sessions (owner_id, created_at desc, id desc)`,
    );
    this.addSql(
      `create index upload_sessions_open on upload_sessions (expires_at) where status in ('active', 'assembling')`,
    );
    this.addSql(`create index upload_sessions_media_file on upload_sessions (media_file_id)`);
    this.addSql(`create index upload_sessions_job on upload_sessions (job_id)`);
    // A part without a size is on its way.
    this.addSql(`
      create table upload_parts (
        session_id uuid not null references upload_sessions (id) on delete cascade,
        number integer not null check (number >= 0),
        blob_key text not null unique,
        size_bytes bigint check (size_bytes > 0),
        sha256 char(64),
        primary key (session_id, number)
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table upload_parts');
    this.addSql('drop table upload_sessions');
  }
}
