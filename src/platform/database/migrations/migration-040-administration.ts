import { Migration } from '@mikro-orm/migrations';

/** For what administrators see of everybody, newest first. */
export class Migration040Administration extends Migration {
  override async up(): Promise<void> {
    this.addSql('create index jobs_newest on jobs (created_at desc, id desc)');
    this.addSql('create index media_files_newest on media_files (created_at desc, id desc)');
  }

  override async down(): Promise<void> {
    this.addSql('drop index media_files_newest');
    this.addSql('drop index jobs_newest');
  }
}
