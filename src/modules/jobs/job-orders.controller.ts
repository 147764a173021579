import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../auth/access/look.decorator.js';
import type { Principal } from '../auth/access/principal.view.js';
import { ChangeJobDto } from './dto/change-job.request.dto.js';
import { JobDeletedDto, JobDto } from './dto/job.response.dto.js';
import { JobHistoryDto, toJobHistory } from './history/job-history.response.dto.js';
import { JobOrdersService } from './job-orders.service.js';
import { JobPresenter } from './job.presenter.js';
import { JobsService } from './jobs.service.js';

/** What can be done to a job that exists, and what was done to it. */
@ApiTags('Job control')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('jobs/:job_id')
export class JobOrdersController {
  constructor(
    private readonly jobs: JobsService,
    private readonly orders: JobOrdersService,
    private readonly presenter: JobPresenter,
  ) {}

  @Get('history')
  @RequiresScope('read')
  @OpenToAuditedLooks('job')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read what happened to a job, and why', operationId: 'getJobHistory' })
  @ApiOkResponse({ type: JobHistoryDto })
  @ApiProblems('job_not_found', 'malformed_request')
  async getHistory(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') id: string,
  ): Promise<JobHistoryDto> {
    return toJobHistory(await this.jobs.listHistory(principal, id));
  }

  @Post('cancel')
  @HttpCode(200)
  @RequiresScope('transcribe')
  @ApiOperation({
    summary: 'Cancel a job',
    description: 'Whether it waits or is being worked on. One that was cancelled before stays so.',
    operationId: 'cancelJob',
  })
  @ApiOkResponse({ type: JobDto, description: 'It is cancelled' })
  @ApiProblems('job_not_found', 'job_not_active', 'malformed_request')
  async cancel(@CurrentActor() actor: KnownActor, @Param('job_id') id: string): Promise<JobDto> {
    return this.presenter.present(await this.orders.cancel(actor, id));
  }

  @Patch()
  @RequiresScope('transcribe')
  @ApiOperation({ summary: 'Change the priority of a job that waits', operationId: 'changeJob' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblems(
    'job_not_found',
    'job_not_waiting',
    'priority_forbidden',
    'validation_failed',
    'malformed_json',
    'malformed_request',
  )
  async change(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') id: string,
    @Body() { priority }: ChangeJobDto,
  ): Promise<JobDto> {
    return this.presenter.present(await this.orders.setPriority(actor, id, priority));
  }

  @Delete()
  @RequiresScope('transcribe')
  @ApiOperation({
    summary: 'Delete a job with its transcript',
    description: 'Whatever it is at. The recording stays: see `DELETE /media/{media_id}`.',
    operationId: 'deleteJob',
  })
  @ApiOkResponse({ type: JobDeletedDto, description: 'It is deleted' })
  @ApiProblems('job_not_found', 'malformed_request')
  async delete(@CurrentActor() actor: KnownActor, @Param('job_id') id: string): Promise<JobDeletedDto> {
    await this.orders.delete(actor, id);
    return { message: 'The job is deleted.' };
  }
}
