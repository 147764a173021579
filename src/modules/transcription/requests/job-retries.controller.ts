import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { JobDto } from '../../jobs/dto/job.response.dto.js';
import { JobPresenter } from '../../jobs/job.presenter.js';
import { toOrder } from './dto/create-transcription.dto.js';
import { RetryJobDto } from './dto/retry-job.request.dto.js';
import { TranscriptionRequestService } from './transcription-request.service.js';

@ApiTags('Job control')
@Controller('jobs/:job_id/retry')
export class JobRetriesController {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly presenter: JobPresenter,
  ) {}

  @Post()
  @HttpCode(202)
  @RequiresScope('transcribe')
  @ApiOperation({
    operationId: 'retryJob',
    summary: 'Try a job again that failed or was cancelled',
    description:
      'Options that are named here take the place of those that it had. With the same options it goes on from what was finished before.',
  })
  @ApiParam({ name: 'job_id', format: 'uuid' })
  @ApiAcceptedResponse({ type: JobDto, description: 'The job is queued' })
  @ApiProblems(
    'job_not_found',
    'job_not_retryable',
    'malformed_json',
    'malformed_request',
    'validation_failed',
    'model_unknown',
    'model_not_ready',
    'model_too_large',
    'language_unknown',
    'task_unsupported',
    'track_unknown',
    'too_many_channels',
    'unsupported_media',
    'too_many_active_jobs',
    'audio_quota_exceeded',
    'storage_unavailable',
  )
  async retry(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') id: string,
    @Body() changes: RetryJobDto,
  ): Promise<JobDto> {
    return this.presenter.present(await this.requests.retry(actor, id, toOrder(changes)));
  }
}
