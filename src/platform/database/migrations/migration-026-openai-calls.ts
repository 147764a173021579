import { Migration } from '@mikro-orm/migrations';

/** Who waits for the jobs that came through the OpenAI API, and how a repeated call finds its job. */
export class Migration026OpenAiCalls extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table openai_calls (
        job_id uuid primary key references jobs (id) on delete cascade,
        owner_id uuid not null references users (id) on delete cascade,
        key_hash text not null,
        fingerprint text not null,
        waiters integer not null,
        awaited_until timestamptz not null
      )`);
    this.addSql('create index openai_calls_by_key on openai_calls (key_hash, job_id desc)');
    this.addSql('create index openai_calls_by_wait on openai_calls (awaited_until)');
  }

  override async down(): Promise<void> {
    this.addSql('drop table openai_calls');
  }
}
