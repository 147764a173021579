import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { DeliveryState, LoggedAttempt, WebhookEvent } from './webhook.view.js';

/** One message to one target: what is to be sent, and how far that is. There is one for each event and target. */
@Entity({ tableName: 'webhook_deliveries' })
export class WebhookDelivery {
  /** The `webhook-id` of every attempt. */
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  /** Whose secret signs it: the webhook, or the owner for callbacks. */
  @Property({ type: 'uuid' })
  targetId!: string;

  /** Null: to `callbackUrl`. */
  @Property({ type: 'uuid', nullable: true })
  webhookId!: string | null;

  @Property({ type: 'text', nullable: true })
  callbackUrl!: string | null;

  /** Of the job's history; null for a test. */
  @Property({ type: new BigIntType('number'), nullable: true })
  eventId!: number | null;

  @Property({ type: 'uuid', nullable: true })
  jobId!: string | null;

  /** Of the request that ordered the job; null where nobody knows. */
  @Property({ type: 'text', nullable: true })
  requestId!: string | null;

  /** Where it belongs in a trace (W3C); null while nobody traces. */
  @Property({ type: 'text', nullable: true })
  traceparent!: string | null;

  @Property({ type: 'text' })
  type!: WebhookEvent;

  /** To the byte, as signatures are over bytes. */
  @Property({ type: 'text' })
  payload!: string;

  @Property({ type: 'text' })
  state!: DeliveryState;

  /** Since it was asked for, or asked for again. */
  @Property({ type: 'integer' })
  attempts!: number;

  /** Null once it has ended. While it is being sent, when its sender is taken for lost. */
  @Property({ type: 'datetime', nullable: true })
  nextAttemptAt!: Date | null;

  /** Held by the process that sends it. */
  @Property({ type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Property({ type: 'datetime', nullable: true })
  lastAttemptAt!: Date | null;

  @Property({ type: 'integer', nullable: true })
  lastStatus!: number | null;

  @Property({ type: 'text', nullable: true })
  lastError!: string | null;

  /** Every attempt that came to an end, the oldest first. */
  @Property({ type: 'json', columnType: 'jsonb' })
  log!: readonly LoggedAttempt[];

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime', nullable: true })
  endedAt!: Date | null;
}
