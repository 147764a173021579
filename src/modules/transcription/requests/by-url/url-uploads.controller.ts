import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { JOB_PROBLEMS, ORDER_PROBLEMS } from '../upload-problems.js';
import { UploadStatusDto } from '../uploads/dto/upload.response.dto.js';
import { toOrder } from '../dto/create-transcription.dto.js';
import { toUploadStatus } from '../uploads/upload.presenter.js';
import { UploadByUrlDto } from './dto/upload-by-url.request.dto.js';
import { UrlUploadsService } from './url-uploads.service.js';

@ApiTags('Uploads by URL')
@Controller('uploads')
export class UrlUploadsController {
  constructor(private readonly uploads: UrlUploadsService) {}

  @Post('url')
  @HttpCode(202)
  @RequiresScope('transcribe')
  @Idempotent()
  @ApiOperation({
    operationId: 'uploadByUrl',
    summary: 'Fetch a recording from an address, and transcribe it',
    description:
      'Answers when the other side has begun to send. `GET /uploads/{session_id}/status` tells how far it is, and then the job or what was wrong.',
  })
  @ApiAcceptedResponse({
    type: UploadStatusDto,
    description: 'The file is on its way',
    headers: { Location: { description: 'How far it is', schema: { type: 'string' } } },
  })
  @ApiProblems(
    ...ORDER_PROBLEMS,
    ...JOB_PROBLEMS,
    'malformed_json',
    'url_invalid',
    'url_forbidden',
    'url_unreachable',
    'url_insecure',
    'url_timeout',
    'url_interrupted',
    'url_refused',
    'url_too_many_redirects',
    'url_answer_invalid',
    'file_too_large',
    'too_many_uploads',
    'storage_quota_exceeded',
    'storage_full',
  )
  async upload(
    @CurrentActor() actor: KnownActor,
    @Body() body: UploadByUrlDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadStatusDto> {
    const { url, filename = null } = body;
    const session = await this.uploads.begin(actor, { url, filename, order: toOrder(body) });
    response.setHeader('location', `/uploads/${session.id}/status`);
    return toUploadStatus(session, 0, null);
  }
}
