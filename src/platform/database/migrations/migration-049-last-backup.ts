import { Migration } from '@mikro-orm/migrations';

/** When what a restore would bring back was saved last: one row, or none. */
export class Migration049LastBackup extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table last_backup (
        is_only boolean primary key default true check (is_only),
        made_at timestamptz not null
      )`);
  }

  override async down(): Promise<void> {
    this.addSql('drop table last_backup');
  }
}
