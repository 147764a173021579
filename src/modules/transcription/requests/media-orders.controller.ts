import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { Idempotent } from '../../auth/idempotency/idempotent.decorator.js';
import { JobDto } from '../../jobs/dto/job.response.dto.js';
import { JobPresenter } from '../../jobs/job.presenter.js';
import { MediaDto, toMediaDto } from '../../uploads/media/dto/media.response.dto.js';
import { CreateTranscriptionDto, MediaFormDto, toOrder } from './dto/create-transcription.dto.js';
import { TranscriptionRequestService } from './transcription-request.service.js';
import {
  FILE_PROBLEMS,
  FORM_PROBLEMS,
  JOB_PROBLEMS,
  ORDER_PROBLEMS,
  ROOM_PROBLEMS,
} from './upload-problems.js';
import { UploadReader } from './upload.reader.js';

const LOCATION = { Location: { description: 'What was created', schema: { type: 'string' } } } as const;

/** Recordings first, and what is to be done with them afterwards, as often as one likes. */
@ApiTags('Media')
@Controller('media')
export class MediaOrdersController {
  constructor(
    private readonly reader: UploadReader,
    private readonly requests: TranscriptionRequestService,
    private readonly presenter: JobPresenter,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Post()
  @HttpCode(201)
  @RequiresScope('transcribe')
  @Idempotent('streamed')
  @ApiOperation({
    operationId: 'uploadMedia',
    summary: 'Store a recording',
    description: 'Nothing is done with it yet: see `POST /media/{media_id}/jobs`.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: MediaFormDto })
  @ApiCreatedResponse({ type: MediaDto, description: 'It is stored', headers: LOCATION })
  @ApiProblems(...FORM_PROBLEMS, ...FILE_PROBLEMS, ...ROOM_PROBLEMS, 'validation_failed', 'shutting_down')
  async upload(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MediaDto> {
    const { file, filename } = await this.reader.readMedia(actor.principal, request);
    const media = await this.requests.keep(actor, file, filename);
    const body = toMediaDto(media, this.config.http.publicUrl ?? '');
    response.setHeader('location', body.links.self);
    return body;
  }

  @Post(':media_id/jobs')
  @HttpCode(202)
  @RequiresScope('transcribe')
  @Idempotent()
  @ApiOperation({ operationId: 'transcribeMedia', summary: 'Transcribe a recording that is stored' })
  @ApiParam({ name: 'media_id', format: 'uuid' })
  @ApiAcceptedResponse({ type: JobDto, description: 'The job is queued', headers: LOCATION })
  @ApiProblems(
    'malformed_json',
    'malformed_request',
    'media_not_found',
    ...ORDER_PROBLEMS,
    ...JOB_PROBLEMS,
    'track_unknown',
    'too_many_channels',
    'unsupported_media',
    'storage_unavailable',
  )
  async transcribe(
    @CurrentActor() actor: KnownActor,
    @Param('media_id') id: string,
    @Body() order: CreateTranscriptionDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto> {
    const options = await this.requests.resolveOptions(actor.principal, toOrder(order));
    const job = await this.requests.submitKept(actor, id, options);
    const body = await this.presenter.present(job);
    response.setHeader('location', body.links.self);
    return body;
  }
}
