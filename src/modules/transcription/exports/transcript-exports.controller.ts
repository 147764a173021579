import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { AppError } from '../../../platform/errors/app-error.js';
import { whenClientGone } from '../../../platform/http/client-gone.js';
import { sendZip } from '../../../platform/http/send-zip.js';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { OpenToAuditedLooks } from '../../auth/access/look.decorator.js';
import { TRANSCRIPT_PROBLEMS } from '../transcripts/transcript-problems.js';
import { DownloadQueryDto, toExportOptions } from './dto/export-options.dto.js';
import { ExportTranscriptsDto } from './dto/export-transcripts.request.dto.js';
import { TranscriptExportsService } from './transcript-exports.service.js';
import {
  TRANSCRIPT_FORMAT_NAMES,
  TRANSCRIPT_FORMATS,
  type TranscriptFormatName,
} from './transcript-formats.js';

const BINARY_FORMATS: readonly string[] = ['docx'];

@ApiTags('Exports')
@Controller('transcripts')
export class TranscriptExportsController {
  constructor(private readonly exports: TranscriptExportsService) {}

  @Get(':job_id/download')
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Download a transcript as a file', operationId: 'downloadTranscript' })
  @ApiParam({ name: 'job_id', format: 'uuid' })
  @ApiOkResponse({ description: 'The file', content: fileContent() })
  @ApiProblems('format_unknown', 'validation_failed', ...TRANSCRIPT_PROBLEMS)
  async download(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') jobId: string,
    @Query() query: DownloadQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const format = parseFormat(query.format);
    const { name, content } = await this.exports.write(actor, jobId, format, toExportOptions(query, format));
    response.setHeader('content-type', TRANSCRIPT_FORMATS[format].mediaType);
    response.setHeader('content-disposition', contentDisposition(name));
    response.send(typeof content === 'string' ? content : Buffer.from(content));
  }

  @Post('export')
  @HttpCode(200)
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Download several transcripts as a ZIP',
    description:
      '`manifest.json` in it names the file of each job, or says what is wrong with its transcript.',
    operationId: 'exportTranscripts',
  })
  @ApiOkResponse({
    description: 'The archive',
    content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiProblems('database_unavailable', ...BODY_PROBLEMS)
  async exportAll(
    @CurrentActor() actor: KnownActor,
    @Body() body: ExportTranscriptsDto,
    @Res() response: Response,
  ): Promise<void> {
    const { job_ids: jobIds, format } = body;
    const options = toExportOptions(body, format);
    const files = this.exports.writeAll(actor, jobIds, format, options, whenClientGone(response));
    await sendZip(files, 'transcripts.zip', response);
  }
}

function parseFormat(raw: string): TranscriptFormatName {
  const name = TRANSCRIPT_FORMAT_NAMES.find((candidate) => candidate === raw);
  if (name === undefined)
    throw new AppError('format_unknown', `The format must be one of ${TRANSCRIPT_FORMAT_NAMES.join(', ')}.`);
  return name;
}

function fileContent(): Record<string, { schema: { type: 'string'; format?: string } | { $ref: string } }> {
  const schemaOf = (name: string): { type: 'string'; format?: string } | { $ref: string } => {
    if (name === 'json') return { $ref: '#/components/schemas/Transcript' };
    return BINARY_FORMATS.includes(name) ? { type: 'string', format: 'binary' } : { type: 'string' };
  };
  return Object.fromEntries(
    Object.entries(TRANSCRIPT_FORMATS).map(([name, { mediaType }]) => [
      mediaType.split(';', 1)[0] ?? '',
      { schema: schemaOf(name) },
    ]),
  );
}
