import { Migration } from '@mikro-orm/migrations';

/** Refresh tokens of sessions, and whether a password that somebody else gave was used. */
export class Migration003SignIn extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table users add column one_time_used_at timestamptz`);
    this.addSql(`
      create table refresh_tokens (
        token_hash char(64) primary key,
        session_id uuid not null references sessions (id) on delete cascade,
        created_at timestamptz not null,
        used_at timestamptz
      )`);
    this.addSql(`create index refresh_tokens_session on refresh_tokens (session_id)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table refresh_tokens`);
    this.addSql(`alter table users drop column one_time_used_at`);
  }
}
