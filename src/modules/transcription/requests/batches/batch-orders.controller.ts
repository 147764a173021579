import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { BatchDto, toBatchResponse } from '../../../jobs/batches/batch.response.dto.js';
import { toOrder } from '../dto/create-transcription.dto.js';
import { TranscriptionRequestService } from '../transcription-request.service.js';
import { ORDER_PROBLEMS } from '../upload-problems.js';
import { BatchOrdersService } from './batch-orders.service.js';
import { CreateBatchDto } from './create-batch.request.dto.js';

@ApiTags('Batches')
@Controller('jobs/batch')
export class BatchOrdersController {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly orders: BatchOrdersService,
  ) {}

  @Post()
  @HttpCode(202)
  @RequiresScope('transcribe')
  @Idempotent()
  @ApiOperation({
    operationId: 'createBatch',
    summary: 'Transcribe several recordings that are stored, with the same options',
    description: 'Recordings that cannot be had are in `refused` and lose none of the others.',
  })
  @ApiAcceptedResponse({
    type: BatchDto,
    description: 'Jobs are queued',
    headers: { Location: { description: 'The batch', schema: { type: 'string' } } },
  })
  @ApiProblems('malformed_json', 'too_many_items', 'batch_refused', ...ORDER_PROBLEMS, 'storage_unavailable')
  async create(
    @CurrentActor() actor: KnownActor,
    @Body() body: CreateBatchDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BatchDto> {
    const { media_ids: mediaIds, name } = body;
    const options = await this.requests.resolveOptions(actor.principal, toOrder(body));
    const batch = await this.orders.submit(actor, mediaIds, options, name ?? null);
    response.setHeader('location', `/jobs/batches/${batch.id}`);
    return toBatchResponse(batch);
  }
}
