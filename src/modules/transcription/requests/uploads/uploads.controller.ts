import { Controller, Delete, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { UploadListingService } from '../../../uploads/sessions/upload-listing.service.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { ChunkedUploadsService } from '../chunked/chunked-uploads.service.js';
import { UploadsQueryDto } from './dto/uploads.query.dto.js';
import { CancelledUploadDto, UploadListDto, UploadStatusDto } from './dto/upload.response.dto.js';
import { toUploadStatus, toUploadSummary } from './upload.presenter.js';

const SESSION_ID = { name: 'session_id', format: 'uuid' } as const;

/** A look at all uploads that come in several requests, whichever way. */
@ApiTags('Uploads')
@Controller('uploads')
export class UploadsController {
  constructor(
    private readonly chunked: ChunkedUploadsService,
    private readonly sessions: UploadSessionsService,
    private readonly listing: UploadListingService,
  ) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listUploads',
    summary: 'List uploads that come in several requests, newest first',
  })
  @ApiOkResponse({ type: UploadListDto })
  @ApiProblems('validation_failed')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() { active_only: activeOnly, skip, limit }: UploadsQueryDto,
  ): Promise<UploadListDto> {
    const { sessions, total } = await this.listing.list(principal, { activeOnly, offset: skip, limit });
    const parts = await this.listing.countParts(sessions.map(({ id }) => id));
    return {
      sessions: sessions.map((session) => toUploadSummary(session, parts.get(session.id) ?? 0)),
      total,
      skip,
      limit,
    };
  }

  @Get(':session_id/status')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getUploadStatus', summary: 'Read how far an upload is' })
  @ApiParam(SESSION_ID)
  @ApiOkResponse({ type: UploadStatusDto })
  @ApiProblems('malformed_request', 'upload_not_found')
  async getStatus(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id') id: string,
  ): Promise<UploadStatusDto> {
    const session = await this.sessions.get(principal, id);
    if (session.door !== 'chunked') return toUploadStatus(session, 0, null);
    const upload = await this.chunked.get(principal, id);
    const missing = upload.status === 'active' ? await this.chunked.listMissing(upload) : [];
    return toUploadStatus(upload, upload.totalChunks - missing.length, missing);
  }

  @Delete(':session_id')
  @RequiresScope('transcribe')
  @ApiOperation({
    operationId: 'cancelUpload',
    summary: 'Give up an upload',
    description:
      'What arrived of it is deleted. One that is completed has its recording and its job, which stay.',
  })
  @ApiParam(SESSION_ID)
  @ApiOkResponse({ type: CancelledUploadDto })
  @ApiProblems('malformed_request', 'upload_not_found', 'upload_not_active')
  async cancel(
    @CurrentActor() actor: KnownActor,
    @Param('session_id') id: string,
  ): Promise<CancelledUploadDto> {
    await this.sessions.cancel(actor, id);
    return { status: 'cancelled', message: 'The upload was given up.' };
  }
}
