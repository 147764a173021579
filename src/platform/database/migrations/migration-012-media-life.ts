import { Migration } from '@mikro-orm/migrations';

/** How long users want their recordings kept, and when what costs much to clean up was last done. */
export class Migration012MediaLife extends Migration {
  override async up(): Promise<void> {
    // Null: for good; 0: until the jobs have ended; else days.
    this.addSql(`
      create table media_retention (
        owner_id uuid primary key references users (id) on delete cascade,
        kept_days integer check (kept_days >= 0)
      )`);
    this.addSql(`create table maintenance_runs (task text primary key, begun_at timestamptz not null)`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table maintenance_runs');
    this.addSql('drop table media_retention');
  }
}
