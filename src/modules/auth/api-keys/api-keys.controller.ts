import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { Clock, DAY_MS } from '../../../platform/runtime/clock.js';
import { ApiKeysService } from './api-keys.service.js';
import type { KnownActor } from '../access/actor.view.js';
import { CurrentActor } from '../access/current-actor.decorator.js';
import { CurrentPrincipal } from '../access/current-principal.decorator.js';
import { ApiKeyListDto, CreatedApiKeyDto, toApiKeyDto } from './dto/api-key.response.dto.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { CreateApiKeyDto } from './dto/create-api-key.dto.js';
import type { Principal } from '../access/principal.view.js';
import { RequiresScope } from '../access/access.decorator.js';

@ApiTags('Accounts')
@Controller('auth/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequiresScope('manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List your API keys', operationId: 'listApiKeys' })
  @ApiOkResponse({ type: ApiKeyListDto })
  async list(@CurrentPrincipal() principal: Principal): Promise<ApiKeyListDto> {
    return { api_keys: (await this.keys.list(principal)).map(toApiKeyDto) };
  }

  @Post()
  @RequiresScope('manage')
  @Idempotent('atomic')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an API key, which is shown this once', operationId: 'createApiKey' })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiProblems(...BODY_PROBLEMS, 'too_many_api_keys')
  async create(
    @CurrentActor() actor: KnownActor,
    @Body() { name, scopes, expires_in_days: days }: CreateApiKeyDto,
  ): Promise<CreatedApiKeyDto> {
    const expiresAt = days === undefined ? null : new Date(this.clock.now().getTime() + days * DAY_MS);
    const { key, view } = await this.keys.create(actor, { name, scopes, expiresAt });
    return Object.assign(toApiKeyDto(view), { key });
  }

  @Delete(':id')
  @RequiresScope('manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key at once', operationId: 'revokeApiKey' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiNoContentResponse({ description: 'It is refused from now on' })
  @ApiProblems('api_key_not_found', 'malformed_request')
  revoke(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<void> {
    return this.keys.revoke(actor, id);
  }
}
