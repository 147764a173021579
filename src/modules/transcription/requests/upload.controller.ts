import { applyDecorators, Controller, HttpStatus, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import { holdConnection } from '../../../platform/http/hold-connection.js';
import { parsePreferWait } from '../../../platform/http/prefer-wait.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { Idempotent } from '../../auth/idempotency/idempotent.decorator.js';
import { JobDto } from '../../jobs/dto/job.response.dto.js';
import { JobPresenter } from '../../jobs/job.presenter.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { UploadFormDto } from './dto/create-transcription.dto.js';
import { TranscriptionRequestService } from './transcription-request.service.js';
import { UploadReader } from './upload.reader.js';

const UPLOAD_PROBLEMS: readonly ErrorCode[] = [
  'malformed_multipart',
  'malformed_request',
  'malformed_json',
  'request_timeout',
  'body_too_large',
  'content_type_unsupported',
  'file_missing',
  'too_many_files',
  'file_too_large',
  'empty_file',
  'unsupported_media',
  'corrupt_media',
  'no_audio',
  'empty_audio',
  'track_unknown',
  'too_many_tracks',
  'audio_too_long',
  'validation_failed',
  'model_unknown',
  'model_not_ready',
  'model_too_large',
  'language_unknown',
  'url_invalid',
  'url_forbidden',
  'too_many_active_jobs',
  'audio_quota_exceeded',
  'storage_quota_exceeded',
  'storage_full',
  'database_unavailable',
  'service_unavailable',
  'shutting_down',
];

function ApiUpload(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    RequiresScope('transcribe'),
    ApiOperation({
      operationId,
      summary,
      description: 'The file is streamed to the store, probed, and queued for transcription.',
    }),
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: UploadFormDto }),
    ApiHeader({
      name: 'Prefer',
      required: false,
      description:
        '`wait=SECONDS` (at most 300): answer 200 with the ended job, or 202 when it has not ended by then',
    }),
    ApiAcceptedResponse({
      type: JobDto,
      description: 'The job is queued',
      headers: { Location: { description: 'The job', schema: { type: 'string' } } },
    }),
    ApiOkResponse({ type: JobDto, description: 'With `Prefer: wait`: the job has ended' }),
    Idempotent('streamed'),
    ApiProblems(...UPLOAD_PROBLEMS),
  );
}

@ApiTags('Jobs')
@Controller()
export class UploadController {
  constructor(
    private readonly reader: UploadReader,
    private readonly requests: TranscriptionRequestService,
    private readonly jobs: JobsService,
    private readonly presenter: JobPresenter,
  ) {}

  @Post('upload')
  @ApiUpload('createTranscription', 'Transcribe a recording')
  upload(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto> {
    return this.accept(actor, request, response);
  }

  @Post('jobs')
  @ApiUpload('createJob', 'Transcribe a recording (another name of POST /upload)')
  createJob(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto> {
    return this.accept(actor, request, response);
  }

  @Post('api/upload')
  @ApiUpload('createTranscriptionUnderApi', 'Transcribe a recording (another name of POST /upload)')
  uploadUnderApi(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto> {
    return this.accept(actor, request, response);
  }

  private async accept(actor: KnownActor, request: Request, response: Response): Promise<JobDto> {
    const waitSeconds = parsePreferWait(request.get('prefer'));
    const { file, filename, options } = await this.reader.read(actor.principal, request);
    const queued = await this.requests.submitReceived(actor, file, filename, options);
    const job = await this.jobs.waitForEnd(
      actor.principal,
      queued.id,
      waitSeconds,
      holdConnection(request, response, waitSeconds),
    );
    if (waitSeconds > 0) response.setHeader('preference-applied', `wait=${waitSeconds}`);
    const body = await this.presenter.present(job);
    response
      .status(job.finishedAt === null ? HttpStatus.ACCEPTED : HttpStatus.OK)
      .setHeader('location', body.links.self);
    return body;
  }
}
