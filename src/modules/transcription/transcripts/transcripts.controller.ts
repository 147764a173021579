import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../../auth/access/look.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import {
  PartialTranscriptDto,
  toPartialTranscriptResponse,
  TranscriptDto,
} from './dto/transcript.response.dto.js';
import { TRANSCRIPT_PROBLEMS } from './transcript-problems.js';
import { TranscriptsService } from './transcripts.service.js';
import { ApiTaggedTranscript } from './versions/edit-answers.decorator.js';
import { answerWithTag } from './versions/tagged-answer.js';

@ApiTags('Transcripts')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('transcripts/:job_id')
export class TranscriptsController {
  constructor(private readonly transcripts: TranscriptsService) {}

  @Get()
  @RequiresScope('read')
  @OpenToAuditedLooks('transcript')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read a transcript', operationId: 'getTranscript' })
  @ApiTaggedTranscript()
  @ApiResponse({ status: 304, description: 'The caller has it already' })
  @ApiProblems(...TRANSCRIPT_PROBLEMS)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('job_id') jobId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TranscriptDto> {
    return answerWithTag(await this.transcripts.get(principal, jobId), response);
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
}
