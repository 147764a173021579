import { Migration } from '@mikro-orm/migrations';

/** Media files of one user may share a blob, and may be deleted when no job needs them any more. */
export class Migration007Media extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table media_files drop constraint media_files_blob_key_key`);
    this.addSql(`create index media_files_blob on media_files (blob_key)`);
    this.addSql(`create index media_files_same on media_files (owner_id, sha256)`);
    this.addSql(`drop index media_files_owner`);
    this.addSql(
      `create index media_files_newest_of_owner on media_files (owner_id, created_at desc, id desc)`,
    );
    this.addSql(`alter table jobs alter column media_file_id drop not null`);
    this.addSql(`alter table jobs drop constraint jobs_media_file_id_fkey`);
    this.addSql(
      `alter table jobs add constraint jobs_media_file foreign key (media_file_id) references media_files (id) on delete set null`,
    );
    // So the database itself refuses to take its recording from a job that is not ended.
    this.addSql(
      `alter table jobs add constraint jobs_active_has_media check (media_file_id is not null or status not in ('queued', 'processing'))`,
    );
    this.addSql(
      `create table discarded_blobs (blob_key text primary key, discarded_at timestamptz not null)`,
    );
  }

  override async down(): Promise<void> {
    this.addSql(`drop table discarded_blobs`);
    this.addSql(`alter table jobs drop constraint jobs_active_has_media`);
    this.addSql(`alter table jobs drop constraint jobs_media_file`);
    this.addSql(
      `alter table jobs add constraint jobs_media_file_id_fkey foreign key (media_file_id) references media_files (id)`,
    );
    this.addSql(`alter table jobs alter column media_file_id set not null`);
    this.addSql(`drop index media_files_newest_of_owner`);
    this.addSql(`create index media_files_owner on media_files (owner_id)`);
    this.addSql(`drop index media_files_same`);
    this.addSql(`drop index media_files_blob`);
    this.addSql(`alter table media_files add constraint media_files_blob_key_key unique (blob_key)`);
  }
}
