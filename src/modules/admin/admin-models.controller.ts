import { Controller, Delete, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { Idempotent } from '../auth/idempotency/idempotent.decorator.js';
import { ModelsService } from '../transcription/models/models.service.js';
import { AdminModelDto, AdminModelListDto, toAdminModelDto } from './dto/admin-model.response.dto.js';
import { ModelAdministrationService } from './model-administration.service.js';

@ApiTags('Admin')
@Controller('admin/models')
export class AdminModelsController {
  constructor(
    private readonly models: ModelsService,
    private readonly administration: ModelAdministrationService,
  ) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List models with their origin and state', operationId: 'listModelsInDetail' })
  @ApiOkResponse({ type: AdminModelListDto })
  async list(): Promise<AdminModelListDto> {
    return { models: (await this.models.list()).map(toAdminModelDto) };
  }

  @Get(':name')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a model, to follow its download', operationId: 'getModel' })
  @ApiParam({ name: 'name', example: 'small' })
  @ApiOkResponse({ type: AdminModelDto })
  @ApiProblems('model_unknown', 'malformed_request')
  async get(@Param('name') name: string): Promise<AdminModelDto> {
    return toAdminModelDto(await this.models.get(name));
  }

  @Post(':name/pull')
  @RequiresScope('admin')
  @Idempotent()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Begin to download a model from the hub', operationId: 'pullModel' })
  @ApiParam({ name: 'name', example: 'small' })
  @ApiOkResponse({ type: AdminModelDto, description: 'It is ready already' })
  @ApiAcceptedResponse({ type: AdminModelDto, description: 'It is downloading' })
  @ApiProblems('model_unknown', 'hub_offline', 'shutting_down', 'malformed_request')
  async pull(
    @CurrentActor() actor: KnownActor,
    @Param('name') name: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AdminModelDto> {
    const model = await this.administration.startPull(actor, name);
    response.status(model.state === 'ready' ? 200 : 202);
    return toAdminModelDto(model);
  }

  @Delete(':name/pull')
  @RequiresScope('admin')
  @ApiOperation({
    summary: 'End a download and throw away what it has fetched',
    operationId: 'cancelModelPull',
  })
  @ApiParam({ name: 'name', example: 'small' })
  @ApiOkResponse({ type: AdminModelDto })
  @ApiProblems('model_unknown', 'model_busy', 'model_dir_unwritable', 'malformed_request')
  async cancel(@CurrentActor() actor: KnownActor, @Param('name') name: string): Promise<AdminModelDto> {
    return toAdminModelDto(await this.administration.cancelPull(actor, name));
  }

  @Delete(':name')
  @RequiresScope('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a model from this machine', operationId: 'removeModel' })
  @ApiParam({ name: 'name', example: 'small' })
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblems(
    'model_unknown',
    'model_not_ready',
    'model_bundled',
    'model_busy',
    'model_dir_unwritable',
    'malformed_request',
  )
  remove(@CurrentActor() actor: KnownActor, @Param('name') name: string): Promise<void> {
    return this.administration.remove(actor, name);
  }
}
