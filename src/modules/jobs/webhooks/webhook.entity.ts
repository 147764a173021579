import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { JobWebhookEvent } from './webhook.view.js';

/** An address of a user that is told of jobs. */
@Entity({ tableName: 'webhooks' })
export class Webhook {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'text' })
  url!: string;

  @Property({ type: 'text' })
  description!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  events!: readonly JobWebhookEvent[];

  @Property({ type: 'boolean' })
  enabled!: boolean;

  /** Why the service has disabled it; null: it did not. */
  @Property({ type: 'text', nullable: true })
  disabledReason!: 'gone' | null;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime' })
  updatedAt!: Date;
}
