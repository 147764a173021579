import { Migration } from '@mikro-orm/migrations';

/** From where users have signed in of late: there they are not made to wait for what others get wrong. */
export class Migration011KnownAddresses extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table known_addresses (
        user_id uuid not null references users (id) on delete cascade,
        address_hash char(64) not null,
        signed_in_at timestamptz not null,
        primary key (user_id, address_hash)
      )`);
    this.addSql(`create index known_addresses_by_age on known_addresses (signed_in_at)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table known_addresses`);
  }
}
