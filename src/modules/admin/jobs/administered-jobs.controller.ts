import { Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { ListAdministeredJobsQueryDto, toRequest } from './administered-jobs.query.dto.js';
import {
  AdministeredJobDto,
  AdministeredJobListDto,
  toAdministeredJobDto,
  toAdministeredJobListDto,
} from './administered-jobs.response.dto.js';
import { AdministeredJobsService } from './administered-jobs.service.js';

@ApiTags('Jobs of all')
@Controller('admin/jobs')
export class AdministeredJobsController {
  constructor(private readonly jobs: AdministeredJobsService) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'List the jobs of all users, newest first',
    description: 'Without file names and texts, which are for their owners.',
    operationId: 'listJobsOfAll',
  })
  @ApiOkResponse({ type: AdministeredJobListDto })
  @ApiProblems('validation_failed')
  async list(@Query() query: ListAdministeredJobsQueryDto): Promise<AdministeredJobListDto> {
    return toAdministeredJobListDto(await this.jobs.list(toRequest(query)));
  }

  @Post(':id/cancel')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a job of anybody', operationId: 'cancelJobOfAnybody' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: AdministeredJobDto, description: 'It is cancelled' })
  @ApiProblems('job_not_found', 'job_not_active', 'malformed_request')
  async cancel(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<AdministeredJobDto> {
    return toAdministeredJobDto(await this.jobs.cancel(actor, id));
  }

  @Post(':id/retry')
  @RequiresScope('admin')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Try a job of anybody again that failed or was cancelled',
    description: 'With the options that it had. It counts for the limits of its owner.',
    operationId: 'retryJobOfAnybody',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiAcceptedResponse({ type: AdministeredJobDto, description: 'The job is queued' })
  @ApiProblems(
    'job_not_found',
    'job_not_retryable',
    'too_many_active_jobs',
    'audio_quota_exceeded',
    'malformed_request',
  )
  async retry(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<AdministeredJobDto> {
    return toAdministeredJobDto(await this.jobs.retry(actor, id));
  }
}
