import { Migration } from '@mikro-orm/migrations';

/** The audit trail. Its rows outlive what they tell of, so nothing is referenced; the database refuses to change or delete them. */
export class Migration005Audit extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table audit_events (
        id uuid primary key,
        occurred_at timestamptz not null,
        actor_kind text not null check (actor_kind in ('user', 'local', 'anonymous', 'system')),
        actor_id uuid,
        actor_name text,
        credential text check (credential in ('session', 'api_key')),
        credential_id uuid,
        action text not null,
        object_kind text not null,
        object_id text,
        outcome text not null check (outcome in ('success', 'failure')),
        address text,
        request_id text,
        details jsonb not null,
        check ((credential is null) = (credential_id is null))
      )`);
    this.addSql(`create index audit_events_order on audit_events (occurred_at, id)`);
    this.addSql(`create index audit_events_actor on audit_events (actor_id, occurred_at, id)`);
    this.addSql(`create index audit_events_object on audit_events (object_id, occurred_at, id)`);
    this.addSql(`
      create function refuse_to_change_audit_events() returns trigger language plpgsql as $$
      begin
        raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';
      end $$`);
    this.addSql(`
      create trigger audit_events_append_only before update or delete or truncate on audit_events
        for each statement execute function refuse_to_change_audit_events()`);
    // Otherwise a session that calls itself a replica would be let through.
    this.addSql(`alter table audit_events enable always trigger audit_events_append_only`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table audit_events`);
    this.addSql(`drop function refuse_to_change_audit_events`);
  }
}
