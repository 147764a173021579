import { Migration } from '@mikro-orm/migrations';

/** The voices that a job was given by name, which are kept until it ends. */
export class Migration046JobVoices extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table jobs add column voices jsonb`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table jobs drop column voices`);
  }
}
