import { Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { Idempotent } from '../../auth/idempotency/idempotent.decorator.js';
import { DeliveriesService } from './deliveries.service.js';
import {
  DeliveryDto,
  DeliveryListDto,
  toDeliveryDto,
  toDeliveryListDto,
} from './dto/delivery.response.dto.js';
import {
  ListDeliveriesQueryDto,
  toDeliveryFilter,
  toDeliveryPlace,
} from './dto/list-deliveries.query.dto.js';

const ID = { name: 'id', format: 'uuid' };

/** What was sent to webhooks and callbacks, and sending again. */
@ApiTags('Webhooks')
@Controller('webhooks')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get('deliveries')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listDeliveries',
    summary: 'List what is sent to your webhooks and callbacks, newest first',
  })
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems('validation_failed')
  async listAll(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ListDeliveriesQueryDto,
  ): Promise<DeliveryListDto> {
    return toDeliveryListDto(
      await this.deliveries.listAll(principal, toDeliveryFilter(query), toDeliveryPlace(query)),
      query,
    );
  }

  @Get(':id/deliveries')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List what is sent to a webhook, newest first',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems('webhook_not_found', 'validation_failed', 'malformed_request')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: ListDeliveriesQueryDto,
  ): Promise<DeliveryListDto> {
    return toDeliveryListDto(
      await this.deliveries.listOf(principal, id, toDeliveryFilter(query), toDeliveryPlace(query)),
      query,
    );
  }

  @Post(':id/test')
  @HttpCode(202)
  @RequiresScope('manage')
  @Idempotent('atomic')
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a test to a webhook',
    description: 'A `webhook.test`, sent as all others are, whatever events it is told of.',
  })
  @ApiParam(ID)
  @ApiAcceptedResponse({ type: DeliveryDto, description: 'It is to be sent' })
  @ApiProblems('webhook_not_found', 'webhook_disabled', 'malformed_request')
  async test(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<DeliveryDto> {
    return toDeliveryDto(await this.deliveries.sendTest(actor, id));
  }

  @Post('deliveries/:id/redeliver')
  @HttpCode(202)
  @RequiresScope('manage')
  @ApiOperation({
    operationId: 'redeliver',
    summary: 'Send a delivery again, whatever became of it',
    description: 'Under the same webhook-id, to the address that the webhook has now.',
  })
  @ApiParam(ID)
  @ApiAcceptedResponse({ type: DeliveryDto, description: 'It is to be sent' })
  @ApiProblems(
    'webhook_delivery_not_found',
    'webhook_delivery_in_progress',
    'webhook_disabled',
    'malformed_request',
  )
  async redeliver(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<DeliveryDto> {
    return toDeliveryDto(await this.deliveries.redeliver(actor, id));
  }
}
