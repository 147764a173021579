import { Body, Controller, Headers, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { TakesLargeBody } from '../../../../platform/http/takes-large-body.decorator.js';
import { ApiProblems, BODY_PROBLEMS } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import type { TranscriptDto } from '../dto/transcript.response.dto.js';
import { TRANSCRIPT_PROBLEMS } from '../transcript-problems.js';
import { EditTranscriptDto } from './dto/edit-transcript.request.dto.js';
import { ApiTranscriptChange, ApiVersion } from './edit-answers.decorator.js';
import { answerWithTag } from './tagged-answer.js';
import { TranscriptEditsService } from './transcript-edits.service.js';
import { readVersionNumber } from './version-number.js';

/** Fifty thousand words with their times. */
const MAX_EDIT_BYTES = 8 * 1024 * 1024;

@ApiTags('Transcript versions')
@ApiParam({ name: 'job_id', format: 'uuid' })
@Controller('transcripts/:job_id')
export class TranscriptEditsController {
  constructor(private readonly edits: TranscriptEditsService) {}

  @Patch()
  @RequiresScope('transcribe')
  @TakesLargeBody(MAX_EDIT_BYTES)
  @ApiOperation({
    summary: 'Change a transcript',
    description:
      'What is sent takes the place of what there is. It becomes a version, or a part of the one that you have begun within ten minutes.',
    operationId: 'editTranscript',
  })
  @ApiTranscriptChange()
  @ApiProblems(...BODY_PROBLEMS, ...TRANSCRIPT_PROBLEMS)
  async edit(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') jobId: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: EditTranscriptDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TranscriptDto> {
    return answerWithTag(await this.edits.save(actor, jobId, ifMatch, body), response);
  }

  @Post('versions/:version/restore')
  @HttpCode(200)
  @RequiresScope('transcribe')
  @Idempotent('atomic')
  @ApiOperation({
    summary: 'Make an earlier version the newest one',
    description: 'As a version of its own: those after it stay.',
    operationId: 'restoreTranscriptVersion',
  })
  @ApiVersion()
  @ApiTranscriptChange()
  @ApiProblems('transcript_version_not_found', ...TRANSCRIPT_PROBLEMS)
  async restore(
    @CurrentActor() actor: KnownActor,
    @Param('job_id') jobId: string,
    @Param('version') version: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TranscriptDto> {
    return answerWithTag(
      await this.edits.restore(actor, jobId, readVersionNumber(version), ifMatch),
      response,
    );
  }
}
