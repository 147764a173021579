import { Migration } from '@mikro-orm/migrations';

/** How long users want their recordings kept, where they have said so: null for good, 0 until the jobs have ended, else days. */
export class Migration012MediaRetention extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table media_retention (
        owner_id uuid primary key references users (id) on delete cascade,
        kept_days integer check (kept_days >= 0)
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table media_retention');
  }
}
