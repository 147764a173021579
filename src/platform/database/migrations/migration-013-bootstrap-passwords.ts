import { Migration } from '@mikro-orm/migrations';

/** Which passwords the first administrator was given. One who has chosen none yet has such a one. */
export class Migration013BootstrapPasswords extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table bootstrap_passwords (password_hash text primary key, given_at timestamptz not null)`,
    );
    this.addSql(`
      insert into bootstrap_passwords
        select password_hash, updated_at from users
        where username = 'admin' and role = 'admin' and must_change_password and password_hash is not null`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table bootstrap_passwords`);
  }
}
