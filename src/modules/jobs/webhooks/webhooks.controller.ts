import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { ApiSends } from '../../../platform/openapi/sent-messages.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { Idempotent } from '../../auth/idempotency/idempotent.decorator.js';
import { ChangeWebhookDto, CreateWebhookDto } from './dto/webhook.request.dto.js';
import {
  CreatedWebhookDto,
  toWebhookDto,
  WebhookDto,
  WebhookListDto,
  WebhookSecretDto,
} from './dto/webhook.response.dto.js';
import { WEBHOOK_MESSAGES } from './webhook-messages.js';
import { JOB_WEBHOOK_EVENTS } from './webhook.view.js';
import { WebhooksService } from './webhooks.service.js';

const WEBHOOK_ID = { name: 'id', format: 'uuid' };

@ApiTags('Webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @RequiresScope('manage')
  @Idempotent('atomic')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Have an address told of your jobs',
    description: 'Answers with the secret that signs what is sent, which is shown this once.',
  })
  @ApiSends(WEBHOOK_MESSAGES)
  @ApiCreatedResponse({ type: CreatedWebhookDto })
  @ApiProblems(...BODY_PROBLEMS, 'url_invalid', 'url_forbidden', 'too_many_webhooks')
  async create(
    @CurrentActor() actor: KnownActor,
    @Body() { url, events = [...JOB_WEBHOOK_EVENTS], description = '', enabled = true }: CreateWebhookDto,
  ): Promise<CreatedWebhookDto> {
    const order = { url, events, description, enabled };
    const { webhook, secret } = await this.webhooks.create(actor, order);
    return Object.assign(toWebhookDto(webhook), { secret });
  }

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'listWebhooks', summary: 'List your webhooks' })
  @ApiOkResponse({ type: WebhookListDto })
  async list(@CurrentPrincipal() principal: Principal): Promise<WebhookListDto> {
    return { webhooks: (await this.webhooks.list(principal)).map(toWebhookDto) };
  }

  @Post('callback-secret')
  @HttpCode(200)
  @RequiresScope('manage')
  @Idempotent('atomic')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'rotateCallbackSecret',
    summary: 'Get a secret for the callbacks of your jobs',
    description:
      'It is shown this once, and signs what is sent to the `callback_url` of every job of yours. The one before signs too for a while.',
  })
  @ApiOkResponse({ type: WebhookSecretDto })
  async rotateCallbackSecret(@CurrentActor() actor: KnownActor): Promise<WebhookSecretDto> {
    return { secret: await this.webhooks.rotateCallbackSecret(actor) };
  }

  @Get(':id')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getWebhook', summary: 'Read a webhook' })
  @ApiParam(WEBHOOK_ID)
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems('webhook_not_found', 'malformed_request')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<WebhookDto> {
    return toWebhookDto(await this.webhooks.get(principal, id));
  }

  @Patch(':id')
  @RequiresScope('manage')
  @ApiOperation({ operationId: 'changeWebhook', summary: 'Change, disable or enable a webhook' })
  @ApiParam(WEBHOOK_ID)
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(...BODY_PROBLEMS, 'webhook_not_found', 'url_invalid', 'url_forbidden')
  async change(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
    @Body() changes: ChangeWebhookDto,
  ): Promise<WebhookDto> {
    return toWebhookDto(await this.webhooks.change(actor, id, changes));
  }

  @Delete(':id')
  @RequiresScope('manage')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook with its deliveries',
    description: 'What was not sent by now is not.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiNoContentResponse({ description: 'It is deleted' })
  @ApiProblems('webhook_not_found', 'malformed_request')
  delete(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<void> {
    return this.webhooks.delete(actor, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @RequiresScope('manage')
  @Idempotent('atomic')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Get another secret for a webhook',
    description: 'It is shown this once. The one before signs too for a while, so that receivers can change.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiOkResponse({ type: WebhookSecretDto })
  @ApiProblems('webhook_not_found', 'malformed_request')
  async rotateSecret(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<WebhookSecretDto> {
    return { secret: await this.webhooks.rotateSecret(actor, id) };
  }
}
