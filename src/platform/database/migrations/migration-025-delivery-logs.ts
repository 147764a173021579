import { Migration } from '@mikro-orm/migrations';

/** What came of each attempt to deliver, not only of the last one. */
export class Migration025DeliveryLogs extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table webhook_deliveries add column log jsonb not null default '[]'`);
  }

  override async down(): Promise<void> {
    this.addSql('alter table webhook_deliveries drop column log');
  }
}
