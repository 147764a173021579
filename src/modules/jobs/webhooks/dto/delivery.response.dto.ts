import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  DELIVERY_STATES,
  WEBHOOK_EVENTS,
  type DeliveryPage,
  type DeliveryPlace,
  type DeliveryState,
  type DeliveryView,
  type WebhookEvent,
} from '../webhook.view.js';

@ApiSchema({ name: 'WebhookAttempt' })
export class LoggedAttemptDto {
  @ApiProperty({ format: 'date-time', description: 'When it was begun' })
  at!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Of the answer', example: 500 })
  status!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of what went wrong where there was no answer',
    example: null,
  })
  error!: string | null;
}

@ApiSchema({ name: 'WebhookDelivery' })
export class DeliveryDto {
  @ApiProperty({ format: 'uuid', description: 'The header webhook-id of every attempt' })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'null: to the callback_url of the job',
  })
  webhook_id!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: a test' })
  job_id!: string | null;

  @ApiProperty({ enum: WEBHOOK_EVENTS, enumName: 'WebhookEvent' })
  type!: WebhookEvent;

  @ApiProperty({
    enum: DELIVERY_STATES,
    enumName: 'WebhookDeliveryState',
    description: 'pending: to be sent, perhaps again; dead: given up',
  })
  state!: DeliveryState;

  @ApiProperty({ type: 'integer', description: 'Since it was asked for, or asked for again' })
  attempts!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Of the last answer', example: 200 })
  last_status!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of what went wrong where there was no answer',
    example: 'url_timeout',
  })
  last_error!: string | null;

  @ApiProperty({
    type: [LoggedAttemptDto],
    description: 'Every attempt that came to an end, the oldest first; the last 50 of them',
  })
  log!: LoggedAttemptDto[];

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_attempt_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null once it has ended' })
  next_attempt_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  delivered_at!: string | null;
}

@ApiSchema({ name: 'WebhookDeliveryList' })
export class DeliveryListDto {
  @ApiProperty({ type: [DeliveryDto], description: 'Newest first' })
  deliveries!: DeliveryDto[];

  @ApiProperty({ description: 'How many there are in all' })
  total!: number;

  @ApiProperty()
  skip!: number;

  @ApiProperty()
  limit!: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The `cursor` of the next page; null: this is the last',
  })
  next_cursor!: string | null;
}

export function toDeliveryDto(delivery: DeliveryView): DeliveryDto {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    job_id: delivery.jobId,
    type: delivery.type,
    state: delivery.state,
    attempts: delivery.attempts,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    log: delivery.log.map(({ at, status, error }) => ({ at: new Date(at).toISOString(), status, error })),
    created_at: delivery.createdAt.toISOString(),
    last_attempt_at: delivery.lastAttemptAt?.toISOString() ?? null,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    delivered_at: delivery.state === 'delivered' ? (delivery.endedAt?.toISOString() ?? null) : null,
  };
}

export function toDeliveryListDto(
  { deliveries, total, nextCursor }: DeliveryPage,
  { skip, limit }: Pick<DeliveryPlace, 'skip' | 'limit'>,
): DeliveryListDto {
  return { deliveries: deliveries.map(toDeliveryDto), total, skip, limit, next_cursor: nextCursor };
}
