import { Migration } from '@mikro-orm/migrations';

/** What came of telling speakers apart, and how far that is while a transcript is a draft. */
export class Migration045Diarization extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table transcripts add column diarization jsonb`);
    this.addSql(`alter table transcript_drafts add column diarizer_state jsonb`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table transcripts drop column diarization`);
    this.addSql(`alter table transcript_drafts drop column diarizer_state`);
  }
}
