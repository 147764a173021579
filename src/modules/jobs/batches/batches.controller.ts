import { Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { PageQueryDto } from '../../../platform/http/page.query.dto.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import {
  BatchDeletedDto,
  BatchDto,
  BatchListDto,
  toBatchList,
  toBatchResponse,
} from './batch.response.dto.js';
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

  @Post(':batch_id/retry')
  @HttpCode(202)
  @RequiresScope('transcribe')
  @ApiOperation({
    summary: 'Try the jobs of a batch again that failed',
    description:
      'With the options that they had. One whose recording was deleted stays failed. Where a limit is met, those before it are queued: ask again later for the others.',
    operationId: 'retryBatch',
  })
  @ApiParam({ name: 'batch_id', format: 'uuid' })
  @ApiAcceptedResponse({ type: BatchDto, description: 'They are queued' })
  @ApiProblems('batch_not_found', 'malformed_request', 'too_many_active_jobs', 'audio_quota_exceeded')
  async retry(@CurrentActor() actor: KnownActor, @Param('batch_id') id: string): Promise<BatchDto> {
    return toBatchResponse(await this.batches.retryFailed(actor, id));
  }

  @Delete(':batch_id')
  @RequiresScope('transcribe')
  @ApiOperation({
    summary: 'Delete a batch with its jobs and their transcripts',
    description:
      'All of them have to have ended. The recordings stay: see `DELETE /media/{media_id}`. After an error some jobs may be gone: ask again for the others.',
    operationId: 'deleteBatch',
  })
  @ApiParam({ name: 'batch_id', format: 'uuid' })
  @ApiOkResponse({ type: BatchDeletedDto, description: 'It is deleted' })
  @ApiProblems('batch_not_found', 'batch_not_ended', 'malformed_request')
  async delete(@CurrentActor() actor: KnownActor, @Param('batch_id') id: string): Promise<BatchDeletedDto> {
    await this.batches.delete(actor, id);
    return { message: 'The batch is deleted.' };
  }
}
