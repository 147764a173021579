import { Migration } from '@mikro-orm/migrations';

/** Settings that were changed while the service ran, and quotas of single users; null: those of the settings, 0: no limit. */
export class Migration042SettingsAndQuotas extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table changed_settings (
        name text primary key,
        value text not null,
        changed_by uuid references users (id) on delete set null,
        changed_at timestamptz not null
      )`,
    );
    this.addSql(
      `alter table users
        add column max_active_jobs integer check (max_active_jobs >= 0),
        add column max_audio_minutes_per_day integer check (max_audio_minutes_per_day >= 0),
        add column storage_quota_mb integer check (storage_quota_mb >= 0)`,
    );
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table users
        drop column max_active_jobs, drop column max_audio_minutes_per_day, drop column storage_quota_mb`,
    );
    this.addSql('drop table changed_settings');
  }
}
