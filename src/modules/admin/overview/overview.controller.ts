import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { OverviewDto, OverviewQueryDto, toOverviewDto } from './overview.dto.js';
import { OverviewService } from './overview.service.js';

@ApiTags('Overview')
@Controller('admin/overview')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What happened lately, in even buckets for charts',
    description: 'Of the jobs and recordings that are still there; those that were deleted count no more.',
    operationId: 'getOverview',
  })
  @ApiOkResponse({ type: OverviewDto })
  @ApiProblems('validation_failed')
  async read(@Query() { range }: OverviewQueryDto): Promise<OverviewDto> {
    return toOverviewDto(range, await this.overview.read(range));
  }
}
