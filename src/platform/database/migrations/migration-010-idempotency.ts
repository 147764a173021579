import { Migration } from '@mikro-orm/migrations';

/** Which requests were made under which Idempotency-Key, and what became of them. */
export class Migration010Idempotency extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table idempotency_keys (
        key_hash text primary key,
        user_id uuid not null references users (id) on delete cascade,
        fingerprint text,
        created_id uuid,
        answer bytea,
        lease_token uuid not null,
        lease_expires_at timestamptz not null,
        created_at timestamptz not null,
        constraint idempotency_keys_known_request check (fingerprint is not null or (created_id is null and answer is null))
      )`);
    this.addSql(`create index idempotency_keys_oldest on idempotency_keys (created_at)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table idempotency_keys`);
  }
}
