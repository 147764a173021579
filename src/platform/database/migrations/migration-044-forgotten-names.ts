import { Migration } from '@mikro-orm/migrations';

/**
 * When a user is erased, the trail keeps what was done and forgets names and addresses. So a row may lose these three things, and nothing
 * else of it can be changed; deleting is refused as before.
 */
export class Migration044ForgottenNames extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create function refuse_to_change_audit_event() returns trigger language plpgsql as $$
      begin
        if (new.actor_name is null or new.actor_name = old.actor_name)
          and (new.address is null or new.address = old.address)
          and new.details in (old.details, old.details - 'username')
          and to_jsonb(new) - array['actor_name', 'address', 'details']
            = to_jsonb(old) - array['actor_name', 'address', 'details']
        then return new;
        end if;
        raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';
      end $$`);
    this.addSql(`drop trigger audit_events_append_only on audit_events`);
    this.addSql(`
      create trigger audit_events_append_only before delete or truncate on audit_events
        for each statement execute function refuse_to_change_audit_events()`);
    this.addSql(`
      create trigger audit_events_forgets_names_only before update on audit_events
        for each row execute function refuse_to_change_audit_event()`);
    // Otherwise a session that calls itself a replica would be let through.
    for (const name of ['audit_events_append_only', 'audit_events_forgets_names_only'])
      this.addSql(`alter table audit_events enable always trigger ${name}`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop trigger audit_events_forgets_names_only on audit_events`);
    this.addSql(`drop function refuse_to_change_audit_event`);
    this.addSql(`drop trigger audit_events_append_only on audit_events`);
    this.addSql(`
      create trigger audit_events_append_only before update or delete or truncate on audit_events
        for each statement execute function refuse_to_change_audit_events()`);
    this.addSql(`alter table audit_events enable always trigger audit_events_append_only`);
  }
}
