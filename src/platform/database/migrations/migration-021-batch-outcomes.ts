import { Migration } from '@mikro-orm/migrations';

/** What became of each recording of a batch. */
export class Migration021BatchOutcomes extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table job_batches add column job_ids jsonb not null default '[]'`);
    // Nobody knows the places of those that were refused before, which clients are told now.
    this.addSql(`update job_batches set refused = '[]'`);
  }

  override async down(): Promise<void> {
    this.addSql('alter table job_batches drop column job_ids');
  }
}
