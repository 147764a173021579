import { Migration } from '@mikro-orm/migrations';

/** Several rows for each day of a user, so that those who order for the same user at the same time do not wait for each other's commit. */
export class Migration028UsageSlots extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      alter table usage_days
        add column slot integer not null default 0,
        drop constraint usage_days_pkey,
        add primary key (owner_id, day, slot)`);
  }

  override async down(): Promise<void> {
    this.addSql(`
      create temporary table usage_sums on commit drop as
        select owner_id, day, sum(audio_seconds) as audio_seconds from usage_days group by owner_id, day`);
    this.addSql('truncate usage_days');
    this.addSql(`
      alter table usage_days
        drop constraint usage_days_pkey,
        drop column slot,
        add primary key (owner_id, day)`);
    this.addSql('insert into usage_days (owner_id, day, audio_seconds) select * from usage_sums');
  }
}
