import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** What the deliveries to one target are signed with; sealed. */
@Entity({ tableName: 'webhook_secrets' })
export class WebhookSecret {
  /** A webhook, or a user for the callbacks of their jobs. */
  @PrimaryKey({ type: 'uuid' })
  targetId!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'blob' })
  secret!: Uint8Array;

  /** The one before; null: there was none. */
  @Property({ type: 'blob', nullable: true })
  previousSecret!: Uint8Array | null;

  /** Until when that one signs too, by the clock of the database. */
  @Property({ type: 'datetime', nullable: true })
  previousUntil!: Date | null;
}
