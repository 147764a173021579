import { Migration } from '@mikro-orm/migrations';

/** Which of a recording's audio tracks a job is about; null: the default one. */
export class Migration009AudioTrack extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table jobs add column track integer check (track >= 0)`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table jobs drop column track`);
  }
}
