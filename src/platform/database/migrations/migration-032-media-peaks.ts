import { Migration } from '@mikro-orm/migrations';

/** How loud recordings are, for whoever draws them. It can be found out again at any time. */
export class Migration032MediaPeaks extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table media_peaks (
        media_file_id uuid primary key references media_files (id) on delete cascade,
        peaks bytea not null
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table media_peaks');
  }
}
