import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../../../auth/access/look.decorator.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { TRANSCRIPT_PROBLEMS } from '../transcript-problems.js';
import { ListVersionsQueryDto } from './dto/list-versions.query.dto.js';
import {
  toVersion,
  toVersionList,
  VersionDto,
  VersionListDto,
} from './dto/transcript-version.response.dto.js';
import { ApiVersion } from './edit-answers.decorator.js';
import { TranscriptVersionsService } from './transcript-versions.service.js';
import { readVersionNumber } from './version-number.js';

@ApiTags('Transcript versions')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('transcripts/:job_id/versions')
export class TranscriptVersionsController {
  constructor(private readonly versions: TranscriptVersionsService) {}

  @Get()
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List the versions of a transcript', operationId: 'listTranscriptVersions' })
  @ApiOkResponse({ type: VersionListDto })
  @ApiProblems('validation_failed', ...TRANSCRIPT_PROBLEMS)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
    @Query() { cursor, limit }: ListVersionsQueryDto,
  ): Promise<VersionListDto> {
    return toVersionList(await this.versions.list(principal, jobId, cursor ?? null, limit));
  }

  @Get(':version')
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a version of a transcript', operationId: 'getTranscriptVersion' })
  @ApiVersion()
  @ApiOkResponse({ type: VersionDto })
  @ApiProblems('transcript_version_not_found', ...TRANSCRIPT_PROBLEMS)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
    @Param('version') version: string,
  ): Promise<VersionDto> {
    return toVersion(await this.versions.get(principal, jobId, readVersionNumber(version)));
  }
}
