import { Migration } from '@mikro-orm/migrations';

/** Voices that users have saved under names. */
export class Migration047VoiceProfiles extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table voice_profiles (
        id uuid primary key,
        owner_id uuid not null references users (id) on delete cascade,
        name text not null,
        embedding jsonb not null,
        created_at timestamptz not null,
        last_used_at timestamptz
      )`);
    this.addSql('create unique index voice_names_of_owner on voice_profiles (owner_id, lower(name))');
  }

  override async down(): Promise<void> {
    this.addSql('drop table voice_profiles');
  }
}
