import { Migration } from '@mikro-orm/migrations';

/** Why an upload that has all its bytes is no job yet. */
export class Migration014WaitingUploads extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table upload_sessions add column waiting_for text');
  }

  override async down(): Promise<void> {
    this.addSql('alter table upload_sessions drop column waiting_for');
  }
}
