import { Migration } from '@mikro-orm/migrations';

/** Endpoints of users, what they are signed with, and what was or is to be sent to them. */
export class Migration017Webhooks extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table jobs add column callback_url text');
    this.addSql(`
      create table webhooks (
        id uuid primary key,
        owner_id uuid not null references users (id) on delete cascade,
        url text not null,
        description text not null,
        events jsonb not null,
        enabled boolean not null,
        disabled_reason text,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    this.addSql('create index webhooks_of_owner on webhooks (owner_id, created_at)');
    this.addSql(`
      create table webhook_secrets (
        target_id uuid primary key,
        owner_id uuid not null references users (id) on delete cascade,
        secret bytea not null,
        previous_secret bytea,
        previous_until timestamptz
      )`);
    this.addSql('create index webhook_secrets_of_owner on webhook_secrets (owner_id)');
    // The owner is no foreign key: checking it would have the relay wait for whoever deletes the user, who waits for the relay.
    this.addSql(`
      create table webhook_deliveries (
        id uuid primary key,
        owner_id uuid not null,
        target_id uuid not null,
        webhook_id uuid references webhooks (id) on delete cascade,
        callback_url text,
        event_id bigint,
        job_id uuid,
        type text not null,
        payload text not null,
        state text not null check (state in ('pending', 'delivered', 'dead')),
        attempts integer not null,
        next_attempt_at timestamptz,
        lease_token uuid,
        last_attempt_at timestamptz,
        last_status integer,
        last_error text,
        created_at timestamptz not null default now(),
        ended_at timestamptz,
        check ((webhook_id is null) <> (callback_url is null)),
        check ((state = 'pending') = (next_attempt_at is not null))
      )`);
    this.addSql('create unique index webhook_deliveries_once on webhook_deliveries (event_id, target_id)');
    this.addSql(
      `create index webhook_deliveries_due on webhook_deliveries (next_attempt_at, id) where state = 'pending'`,
    );
    this.addSql(
      'create index webhook_deliveries_of_webhook on webhook_deliveries (webhook_id, created_at desc, id desc)',
    );
    this.addSql('create index webhook_deliveries_of_owner on webhook_deliveries (owner_id)');
    this.addSql('create index webhook_deliveries_ended on webhook_deliveries (ended_at)');
  }

  override async down(): Promise<void> {
    for (const table of ['webhook_deliveries', 'webhook_secrets', 'webhooks'])
      this.addSql(`drop table ${table}`);
    this.addSql('alter table jobs drop column callback_url');
  }
}
