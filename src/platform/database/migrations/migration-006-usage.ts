import { Migration } from '@mikro-orm/migrations';

/** How much audio each user has had transcribed on which day, and a quick count of the jobs that are not finished. */
export class Migration006Usage extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table usage_days (
        owner_id uuid not null references users (id) on delete cascade,
        day date not null,
        audio_seconds double precision not null check (audio_seconds >= 0),
        primary key (owner_id, day)
      )`);
    this.addSql(
      `create index jobs_active_of_owner on jobs (owner_id) where status in ('queued', 'processing')`,
    );
  }

  override async down(): Promise<void> {
    this.addSql(`drop index jobs_active_of_owner`);
    this.addSql(`drop table usage_days`);
  }
}
