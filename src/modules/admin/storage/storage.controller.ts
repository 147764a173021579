import { Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { StorageAdministrationService } from './storage-administration.service.js';
import {
  ListAdministeredMediaQueryDto,
  ListAdministeredUploadsQueryDto,
  toMediaRequest,
  toUploadsRequest,
} from './storage.query.dto.js';
import {
  AdministeredMediaListDto,
  AdministeredUploadListDto,
  CollectionStartedDto,
  StorageOverviewDto,
  toMediaListDto,
  toStorageOverviewDto,
  toUploadListDto,
} from './storage.response.dto.js';

@ApiTags('Storage')
@Controller('admin')
export class StorageController {
  constructor(private readonly storage: StorageAdministrationService) {}

  @Get('uploads')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'List the uploads of all users, newest first',
    description: 'Those in several requests, or by URL; ended ones for 30 days. Without file names.',
    operationId: 'listUploadsOfAll',
  })
  @ApiOkResponse({ type: AdministeredUploadListDto })
  @ApiProblems('validation_failed')
  async listUploads(@Query() query: ListAdministeredUploadsQueryDto): Promise<AdministeredUploadListDto> {
    return toUploadListDto(await this.storage.listUploads(toUploadsRequest(query)));
  }

  @Get('media')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'List the recordings of all users, newest first',
    description: 'Without file names.',
    operationId: 'listMediaOfAll',
  })
  @ApiOkResponse({ type: AdministeredMediaListDto })
  @ApiProblems('validation_failed')
  async listMedia(@Query() query: ListAdministeredMediaQueryDto): Promise<AdministeredMediaListDto> {
    return toMediaListDto(await this.storage.listMedia(toMediaRequest(query)));
  }

  @Get('storage')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What takes room, whose it is, and what is free', operationId: 'getStorage' })
  @ApiOkResponse({ type: StorageOverviewDto })
  @ApiProblems('storage_unavailable')
  async read(): Promise<StorageOverviewDto> {
    return toStorageOverviewDto(await this.storage.read());
  }

  @Post('storage/collect')
  @RequiresScope('admin')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Delete now what nothing names any more',
    description:
      'Expired uploads, recordings whose time is over, discarded blobs, and blobs older than a day that a killed process left behind. The service does so by itself every ten minutes, the last of it once a day.',
    operationId: 'collectStorage',
  })
  @ApiAcceptedResponse({ type: CollectionStartedDto, description: 'It has begun' })
  async collect(@CurrentActor() actor: KnownActor): Promise<CollectionStartedDto> {
    await this.storage.collect(actor);
    return { message: 'Cleaning up has begun.' };
  }
}
