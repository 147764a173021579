import { Migration } from '@mikro-orm/migrations';

/** The request that a job was ordered by, and where both belong in a trace; null for what was there before. */
export class Migration043RequestIds extends Migration {
  override async up(): Promise<void> {
    for (const table of ['jobs', 'webhook_deliveries'])
      this.addSql(`alter table ${table} add column request_id text, add column traceparent text`);
  }

  override async down(): Promise<void> {
    for (const table of ['jobs', 'webhook_deliveries'])
      this.addSql(`alter table ${table} drop column request_id, drop column traceparent`);
  }
}
