import { Controller, Get, Header, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { whenClientGone } from '../../platform/http/client-gone.js';
import { parsePreferWait } from '../../platform/http/prefer-wait.js';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { CurrentPrincipal } from '../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../auth/access/look.decorator.js';
import type { Principal } from '../auth/access/principal.view.js';
import { RequiresScope } from '../auth/access/access.decorator.js';
import { JobDto, JobListDto } from './dto/job.response.dto.js';
import { JobPresenter } from './job.presenter.js';
import { JobsService } from './jobs.service.js';
import { JobListsService } from './lists/job-lists.service.js';
import { ListJobsQueryDto, toJobListRequest } from './lists/list-jobs.query.dto.js';

@ApiTags('Jobs')
@Controller('jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly lists: JobListsService,
    private readonly presenter: JobPresenter,
  ) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'List jobs',
    description:
      'Newest first, if nothing else is asked for. Go on with `cursor` while there is a `next_cursor`, or by `skip`.',
    operationId: 'listJobs',
  })
  @ApiOkResponse({ type: JobListDto })
  @ApiProblems('validation_failed', 'database_unavailable')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ListJobsQueryDto,
  ): Promise<JobListDto> {
    const { jobs, total, nextCursor } = await this.lists.list(principal, toJobListRequest(query));
    const { skip, limit } = query;
    const summaries = jobs.map((job) => this.presenter.summarize(job));
    return { jobs: summaries, total, skip, limit, next_cursor: nextCursor };
  }

  @Get(':job_id')
  @RequiresScope('read')
  @OpenToAuditedLooks('job')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a job', operationId: 'getJob' })
  @ApiParam({ name: 'job_id', format: 'uuid' })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`wait=SECONDS` (at most 300): answer when the job has ended, or after that time',
  })
  @ApiOkResponse({ type: JobDto })
  @ApiProblems('job_not_found', 'malformed_request', 'database_unavailable')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') id: string,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto> {
    const seconds = parsePreferWait(prefer);
    if (seconds > 0) response.setHeader('preference-applied', `wait=${seconds}`);
    return this.presenter.present(
      await this.jobs.waitForEnd(principal, id, seconds, whenClientGone(response)),
    );
  }
}
