import { Migration } from '@mikro-orm/migrations';

/** How often a job was lost where it stands, apart from how often it was begun. */
export class Migration023FruitlessAttempts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      alter table jobs
        add column losses integer not null default 0,
        add column frugal boolean not null default false`);
    // Until now each attempt that was not given back was one that was lost.
    this.addSql(
      `update jobs set losses = greatest(0, attempts - 1) where status in ('queued', 'processing')`,
    );
  }

  override async down(): Promise<void> {
    this.addSql('alter table jobs drop column losses, drop column frugal');
  }
}
