import { Migration } from '@mikro-orm/migrations';

/** Users, their sessions and keys; everything gets an owner. What was there already belongs to the user of this machine. */
export class Migration002Accounts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table users (
        id uuid primary key,
        username text not null,
        password_hash text,
        role text not null check (role in ('admin', 'user')),
        must_change_password boolean not null,
        disabled_at timestamptz,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    this.addSql(`create unique index users_username on users (lower(username))`);
    this.addSql(`
      insert into users (id, username, role, must_change_password, created_at, updated_at)
      values ('00000000-0000-7000-8000-000000000001', 'local', 'admin', false, now(), now())`);
    this.addSql(`
      create table sessions (
        id uuid primary key,
        user_id uuid not null references users (id) on delete cascade,
        user_agent text not null,
        created_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null
      )`);
    this.addSql(`create index sessions_user on sessions (user_id)`);
    this.addSql(`
      create table api_keys (
        id uuid primary key,
        user_id uuid not null references users (id) on delete cascade,
        name text not null,
        prefix text not null,
        key_hash char(64) not null unique,
        scopes jsonb not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        created_at timestamptz not null
      )`);
    this.addSql(`create index api_keys_user on api_keys (user_id, created_at)`);
    for (const table of ['media_files', 'jobs']) {
      this.addSql(
        `alter table ${table} add column owner_id uuid not null default '00000000-0000-7000-8000-000000000001' references users (id)`,
      );
      this.addSql(`alter table ${table} alter column owner_id drop default`);
    }
    this.addSql(`create index media_files_owner on media_files (owner_id)`);
    this.addSql(`drop index jobs_newest`);
    this.addSql(`create index jobs_newest_of_owner on jobs (owner_id, created_at desc, id desc)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index jobs_newest_of_owner`);
    this.addSql(`create index jobs_newest on jobs (created_at desc, id desc)`);
    for (const table of ['media_files', 'jobs']) this.addSql(`alter table ${table} drop column owner_id`);
    for (const table of ['api_keys', 'sessions', 'users']) this.addSql(`drop table ${table}`);
  }
}
