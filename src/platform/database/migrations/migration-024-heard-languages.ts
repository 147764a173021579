import { Migration } from '@mikro-orm/migrations';

/** Which language was heard in a recording, beside the one that was asked for; and events at their own time, not that of their transaction. */
export class Migration024HeardLanguages extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table jobs add column detected_language text');
    this.addSql(
      `update jobs set detected_language = transcripts.language from transcripts where transcripts.job_id = jobs.id`,
    );
    this.addSql('alter table job_events alter column occurred_at set default clock_timestamp()');
  }

  override async down(): Promise<void> {
    this.addSql('alter table job_events alter column occurred_at set default now()');
    this.addSql('alter table jobs drop column detected_language');
  }
}
