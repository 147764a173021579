import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiForm } from '../../../../platform/openapi/form-bodies.js';
import { validateBody } from '../../../../platform/http/validation.pipe.js';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { OrderedBatchDto, toOrderedBatchResponse } from '../../../jobs/batches/batch.response.dto.js';
import type { OrderedBatch } from '../../../jobs/batches/batch.view.js';
import { toOrder } from '../dto/create-transcription.dto.js';
import { TranscriptionRequestService } from '../transcription-request.service.js';
import { JOB_PROBLEMS, ORDER_PROBLEMS, ROOM_PROBLEMS } from '../upload-problems.js';
import { BatchOrdersService } from './batch-orders.service.js';
import { BatchReader } from './batch.reader.js';
import { BatchFormDto, CreateBatchDto } from './create-batch.request.dto.js';

@ApiTags('Batches')
@Controller('jobs/batch')
export class BatchOrdersController {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly orders: BatchOrdersService,
    private readonly reader: BatchReader,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post()
  @HttpCode(202)
  @RequiresScope('transcribe')
  @Idempotent('streamed')
  @ApiOperation({
    operationId: 'createBatch',
    summary: 'Transcribe several recordings with the same options',
    description:
      'Recordings that are stored, named in JSON, or files in a form. Those that cannot be had are in `refused` and lose none of the others.',
  })
  @ApiBody({ type: CreateBatchDto })
  @ApiForm(BatchFormDto)
  @ApiAcceptedResponse({
    type: OrderedBatchDto,
    description: 'Jobs are queued',
    headers: { Location: { description: 'The batch', schema: { type: 'string' } } },
  })
  @ApiProblems(
    ...ORDER_PROBLEMS,
    ...JOB_PROBLEMS,
    ...ROOM_PROBLEMS,
    'malformed_json',
    'malformed_multipart',
    'malformed_request',
    'content_type_unsupported',
    'file_missing',
    'body_too_large',
    'too_many_items',
    'batch_refused',
    'request_timeout',
    'database_unavailable',
    'service_unavailable',
    'shutting_down',
  )
  async create(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderedBatchDto> {
    const batch = await (request.is('multipart/form-data') === false
      ? this.orderKept(actor, request.body)
      : this.orders.submitReceived(actor, await this.reader.read(actor.principal, request)));
    response.setHeader('location', `/jobs/batches/${batch.id}`);
    return toOrderedBatchResponse(batch);
  }

  private async orderKept(actor: KnownActor, body: unknown): Promise<OrderedBatch> {
    this.idempotency.recognise(body);
    const { media_ids: mediaIds, name = null, ...order } = await validateBody(CreateBatchDto, body);
    const options = await this.requests.resolveOptions(actor.principal, toOrder(order));
    return this.orders.submitKept(actor, mediaIds, options, name);
  }
}
