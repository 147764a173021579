import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../../auth/access/look.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import {
  TRANSCRIPT_FORMAT_NAMES,
  TRANSCRIPT_FORMATS,
  type TranscriptFormatName,
} from '../exports/transcript-formats.js';
import { DownloadQueryDto } from './dto/download.query.dto.js';
import {
  PartialTranscriptDto,
  toPartialTranscriptResponse,
  toTranscriptResponse,
  TranscriptDto,
} from './dto/transcript.response.dto.js';
import { TranscriptsService } from './transcripts.service.js';

const TRANSCRIPT_PROBLEMS: readonly ErrorCode[] = [
  'job_not_found',
  'transcript_not_ready',
  'transcript_unavailable',
  'malformed_request',
  'database_unavailable',
];

@ApiTags('Transcripts')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('transcripts/:job_id')
export class TranscriptsController {
  constructor(
    private readonly transcripts: TranscriptsService,
    private readonly jobs: JobsService,
  ) {}

  @Get()
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a transcript', operationId: 'getTranscript' })
  @ApiOkResponse({ type: TranscriptDto })
  @ApiProblems(...TRANSCRIPT_PROBLEMS)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
  ): Promise<TranscriptDto> {
    return toTranscriptResponse(await this.transcripts.get(principal, jobId));
  }

  @Get('partial')
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Read what there is of a transcript',
    description: 'While the job runs, and what was finished of one that failed or was cancelled.',
    operationId: 'getPartialTranscript',
  })
  @ApiOkResponse({ type: PartialTranscriptDto })
  @ApiProblems('job_not_found', 'malformed_request', 'database_unavailable')
  async getPartial(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
  ): Promise<PartialTranscriptDto> {
    return toPartialTranscriptResponse(await this.transcripts.getPartial(principal, jobId));
  }

  @Get('download')
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Download a transcript as a file', operationId: 'downloadTranscript' })
  @ApiOkResponse({ description: 'The file', content: fileContent() })
  @ApiProblems('format_unknown', 'validation_failed', ...TRANSCRIPT_PROBLEMS)
  async download(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') jobId: string,
    @Query() query: DownloadQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const name = parseFormat(query.format);
    const { mediaType, write } = TRANSCRIPT_FORMATS[name];
    const { originalFilename } = await this.jobs.get(actor.principal, jobId);
    const transcript = await this.transcripts.export(actor, jobId, name);
    response.setHeader('content-type', mediaType);
    response.setHeader('content-disposition', contentDisposition(downloadName(originalFilename, name)));
    response.send(write(transcript));
  }
}

function parseFormat(raw: string): TranscriptFormatName {
  const name = TRANSCRIPT_FORMAT_NAMES.find((candidate) => candidate === raw);
  if (name === undefined)
    throw new AppError('format_unknown', `The format must be one of ${TRANSCRIPT_FORMAT_NAMES.join(', ')}.`);
  return name;
}

/** "interview.mp3" becomes "interview.srt". */
function downloadName(originalFilename: string, format: TranscriptFormatName): string {
  const stem = originalFilename.replace(/(?<=.)\.[^.]{1,5}$/, '');
  return `${stem}.${format}`;
}

function fileContent(): Record<string, { schema: { type: 'string' } | { $ref: string } }> {
  const text = { type: 'string' } as const;
  const transcript = { $ref: '#/components/schemas/Transcript' };
  return Object.fromEntries(
    Object.entries(TRANSCRIPT_FORMATS).map(([name, { mediaType }]) => [
      mediaType.split(';', 1)[0] ?? '',
      { schema: name === 'json' ? transcript : text },
    ]),
  );
}
