import { Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { PageQueryDto } from '../../../platform/http/page.query.dto.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { BatchDto, BatchListDto, toBatchList, toBatchResponse } from './batch.response.dto.js';
import { BatchesService } from './batches.service.js';

@ApiTags('Batches')
@Controller('jobs/batches')
export class BatchesController {
  constructor(private readonly batches: BatchesService) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List batches, newest first', operationId: 'listBatches' })
  @ApiOkResponse({ type: BatchListDto })
  @ApiProblems('validation_failed')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() { skip, limit }: PageQueryDto,
  ): Promise<BatchListDto> {
    return toBatchList(await this.batches.list(principal, skip, limit), skip, limit);
  }

  @Get(':batch_id')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read how far a batch is', operationId: 'getBatch' })
  @ApiParam({ name: 'batch_id', format: 'uuid' })
  @ApiOkResponse({ type: BatchDto })
  @ApiProblems('batch_not_found', 'malformed_request')
  async get(@CurrentPrincipal() principal: Principal, @Param('batch_id') id: string): Promise<BatchDto> {
    return toBatchResponse(await this.batches.get(principal, id));
  }

  @Post(':batch_id/cancel')
  @HttpCode(200)
  @RequiresScope('transcribe')
  @ApiOperation({ summary: 'Cancel the jobs of a batch that have not ended', operationId: 'cancelBatch' })
  @ApiParam({ name: 'batch_id', format: 'uuid' })
  @ApiOkResponse({ type: BatchDto })
  @ApiProblems('batch_not_found', 'malformed_request')
  async cancel(@CurrentActor() actor: KnownActor, @Param('batch_id') id: string): Promise<BatchDto> {
    return toBatchResponse(await this.batches.cancel(actor, id));
  }
}
