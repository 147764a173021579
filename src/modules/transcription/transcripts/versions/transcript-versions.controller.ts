import { Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { toTranscriptResponse, type TranscriptDto } from '../dto/transcript.response.dto.js';
import { TRANSCRIPT_PROBLEMS } from '../transcript-problems.js';
import { ListVersionsQueryDto } from './dto/list-versions.query.dto.js';
import {
  toVersion,
  toVersionList,
  VersionDto,
  VersionListDto,
} from './dto/transcript-version.response.dto.js';
import { ApiTranscriptChange } from './edit-answers.decorator.js';
import { tagOf } from './revision-tag.js';
import { TranscriptEditsService } from './transcript-edits.service.js';
import { TranscriptVersionsService } from './transcript-versions.service.js';

const VERSION = { name: 'version', schema: { type: 'integer' as const, minimum: 1 } };

@ApiTags('Transcript versions')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('transcripts/:job_id/versions')
export class TranscriptVersionsController {
  constructor(
    private readonly versions: TranscriptVersionsService,
    private readonly edits: TranscriptEditsService,
  ) {}

  @Get()
  @RequiresScope('read')
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
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a version of a transcript', operationId: 'getTranscriptVersion' })
  @ApiParam(VERSION)
  @ApiOkResponse({ type: VersionDto })
  @ApiProblems('transcript_version_not_found', ...TRANSCRIPT_PROBLEMS)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
    @Param('version') version: string,
  ): Promise<VersionDto> {
    return toVersion(await this.versions.get(principal, jobId, readNumber(version)));
  }

  @Post(':version/restore')
  @HttpCode(200)
  @RequiresScope('transcribe')
  @Idempotent('atomic')
  @ApiOperation({
    summary: 'Make an earlier version the newest one',
    description: 'As a version of its own: those after it stay.',
    operationId: 'restoreTranscriptVersion',
  })
  @ApiParam(VERSION)
  @ApiTranscriptChange()
  @ApiProblems('transcript_version_not_found', ...TRANSCRIPT_PROBLEMS)
  async restore(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') jobId: string,
    @Param('version') version: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TranscriptDto> {
    const transcript = await this.edits.restore(actor, jobId, readNumber(version), ifMatch);
    response.setHeader('etag', tagOf(transcript));
    return toTranscriptResponse(transcript);
  }
}

/** What is no number is none that a version has. */
function readNumber(raw: string): number {
  return /^[1-9]\d{0,8}$/.test(raw) ? Number(raw) : 0;
}
