import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { PageQueryDto } from '../../../../platform/http/page.query.dto.js';
import {
  DELIVERY_STATES,
  WEBHOOK_EVENTS,
  type DeliveryFilter,
  type DeliveryPlace,
  type DeliveryState,
  type WebhookEvent,
} from '../webhook.view.js';

export class ListDeliveriesQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The `next_cursor` of the page before: what comes meanwhile moves no page',
  })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be the next_cursor of a page' })
  cursor?: string;

  @ApiPropertyOptional({ enum: DELIVERY_STATES, enumName: 'WebhookDeliveryState' })
  @MayBeAbsent()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;

  @ApiPropertyOptional({ enum: WEBHOOK_EVENTS, enumName: 'WebhookEvent' })
  @MayBeAbsent()
  @IsIn(WEBHOOK_EVENTS)
  type?: WebhookEvent;

  @ApiPropertyOptional({ format: 'uuid' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  job_id?: string;
}

export function toDeliveryPlace({ cursor, skip, limit }: ListDeliveriesQueryDto): DeliveryPlace {
  return { before: cursor ?? null, skip, limit };
}

export function toDeliveryFilter({
  state,
  type,
  job_id: jobId,
}: Pick<ListDeliveriesQueryDto, 'state' | 'type' | 'job_id'>): DeliveryFilter {
  return { ...(state && { state }), ...(type && { type }), ...(jobId && { jobId }) };
}
