import { Migration } from '@mikro-orm/migrations';

/** Which partial uploads an upload was made of, so that whoever asks for it again gets it again. */
export class Migration020UploadPieces extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table upload_sessions add column pieces jsonb`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table upload_sessions drop column pieces`);
  }
}
