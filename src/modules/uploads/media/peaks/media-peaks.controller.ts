import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../../../auth/access/look.decorator.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { MediaPeaksDto, MediaPeaksQueryDto, toMediaPeaks } from './dto/media-peaks.dto.js';
import { MediaPeaksService } from './media-peaks.service.js';

@ApiTags('Waveforms')
@Controller('media/:media_id/peaks')
export class MediaPeaksController {
  constructor(private readonly peaks: MediaPeaksService) {}

  @Get()
  @RequiresScope('read')
  @OpenToAuditedLooks('media')
  // Whether somebody may have it is asked each time; whether it has changed is answered by the ETag.
  @Header('cache-control', 'private, no-cache')
  @ApiOperation({
    summary: 'Read how loud a recording is, to draw it',
    description: 'Of the default track. The first answer takes as long as decoding does.',
    operationId: 'getMediaPeaks',
  })
  @ApiParam({ name: 'media_id', format: 'uuid' })
  @ApiOkResponse({
    type: MediaPeaksDto,
    headers: { ETag: { description: 'Stays, as recordings never change', schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 304, description: 'The caller has it already' })
  @ApiProblems(
    'media_not_found',
    'validation_failed',
    'malformed_request',
    'unsupported_media',
    'corrupt_media',
    'no_audio',
    'empty_audio',
    'audio_too_long',
    'storage_unavailable',
    'storage_full',
    'database_unavailable',
    'service_unavailable',
  )
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('media_id') id: string,
    @Query() { points }: MediaPeaksQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MediaPeaksDto> {
    const found = await this.peaks.get(principal, id, points);
    response.setHeader('etag', `"${found.media.sha256}-${points}"`);
    return toMediaPeaks(found);
  }
}
