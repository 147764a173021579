import { Migration } from '@mikro-orm/migrations';

/** When users signed in last. Of those whose sessions are over nobody knows it. */
export class Migration041LastSignIn extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table users add column last_sign_in_at timestamptz');
    this.addSql(
      'update users set last_sign_in_at = (select max(created_at) from sessions where user_id = users.id)',
    );
  }

  override async down(): Promise<void> {
    this.addSql('alter table users drop column last_sign_in_at');
  }
}
