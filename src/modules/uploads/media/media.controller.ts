import { Controller, Delete, Get, Header, HttpCode, Inject, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { PageQueryDto } from '../../../platform/http/page.query.dto.js';
import { sendBytes } from '../../../platform/http/send-bytes.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import { OpenToAuditedLooks } from '../../auth/access/look.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { MediaDto, MediaListDto, toMediaDto } from './dto/media.response.dto.js';
import { MediaFilesService } from './media-files.service.js';
import { mediaTypeOf } from './media-type.js';

const BYTES = { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } as const;

@ApiTags('Media')
@Controller('media')
export class MediaController {
  constructor(
    private readonly media: MediaFilesService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List recordings, newest first', operationId: 'listMedia' })
  @ApiOkResponse({ type: MediaListDto })
  @ApiProblems('validation_failed')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() { skip, limit }: PageQueryDto,
  ): Promise<MediaListDto> {
    const { media, total } = await this.media.list(principal, skip, limit);
    return { media: media.map((file) => toMediaDto(file, this.baseUrl)), total, skip, limit };
  }

  @Get(':media_id/info')
  @RequiresScope('read')
  @OpenToAuditedLooks('media')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read what is known of a recording', operationId: 'getMediaInfo' })
  @ApiParam({ name: 'media_id', format: 'uuid' })
  @ApiOkResponse({ type: MediaDto })
  @ApiProblems('media_not_found', 'malformed_request')
  async getInfo(@CurrentPrincipal() principal: Principal, @Param('media_id') id: string): Promise<MediaDto> {
    return toMediaDto(await this.media.get(principal, id), this.baseUrl);
  }

  @Get(':media_id')
  @RequiresScope('read')
  @OpenToAuditedLooks('media')
  @ApiOperation({
    summary: 'Get a recording',
    description: 'As it was sent. Players jump in it by `Range`.',
    operationId: 'getMedia',
  })
  @ApiParam({ name: 'media_id', format: 'uuid' })
  @ApiHeader({ name: 'Range', required: false, description: 'One range of bytes, as in `bytes=0-1023`' })
  @ApiOkResponse({ description: 'The file', ...BYTES })
  @ApiResponse({ status: 206, description: 'The range that was asked for', ...BYTES })
  @ApiResponse({ status: 304, description: 'The caller has it already' })
  @ApiProblems('media_not_found', 'malformed_request', 'range_not_satisfiable', 'storage_unavailable')
  async getContent(
    @CurrentActor() actor: KnownActor,
    @Param('media_id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const media = await this.media.open(actor, id);
    const headers = {
      'content-type': mediaTypeOf(media.container),
      'content-disposition': contentDisposition(media.originalFilename, { type: 'inline' }),
      'cache-control': 'private, no-cache',
    };
    const { sizeBytes, sha256, read } = media;
    await sendBytes({ sizeBytes, etag: `"${sha256}"`, headers, read }, request, response);
  }

  @Delete(':media_id')
  @HttpCode(204)
  @RequiresScope('transcribe')
  @ApiOperation({
    summary: 'Delete a recording',
    description: 'Jobs and transcripts that came of it stay.',
    operationId: 'deleteMedia',
  })
  @ApiParam({ name: 'media_id', format: 'uuid' })
  @ApiNoContentResponse({ description: 'It is deleted' })
  @ApiProblems('media_not_found', 'media_in_use', 'malformed_request')
  async delete(@CurrentActor() actor: KnownActor, @Param('media_id') id: string): Promise<void> {
    await this.media.delete(actor, id);
  }

  private get baseUrl(): string {
    return this.config.http.publicUrl ?? '';
  }
}
