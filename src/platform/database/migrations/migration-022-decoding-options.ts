import { Migration } from '@mikro-orm/migrations';

/** How a recording is made into text. Jobs from before asked for nothing. */
export class Migration022DecodingOptions extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table jobs add column decoding jsonb not null default
      '{"task":"transcribe","words":false,"tokens":false,"prompt":null,"hotwords":null,"temperature":null,"channels":"mixed","vad":null}'`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table jobs drop column decoding`);
  }
}
