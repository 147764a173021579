import { Body, Controller, Get, Header, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import { ownedBy } from '../../../auth/access/ownership.policy.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { SetMediaRetentionDto, toKeptDays } from './dto/media-retention.request.dto.js';
import { MediaRetentionDto, toMediaRetentionDto } from './dto/media-retention.response.dto.js';
import { MediaRetentionService } from './media-retention.service.js';

@ApiTags('Media')
@Controller('media/retention')
export class MediaRetentionController {
  constructor(private readonly retention: MediaRetentionService) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read how long your recordings are kept', operationId: 'getMediaRetention' })
  @ApiOkResponse({ type: MediaRetentionDto })
  async get(@CurrentPrincipal() principal: Principal): Promise<MediaRetentionDto> {
    return toMediaRetentionDto(await this.retention.find(ownedBy(principal)), this.retention.longest);
  }

  @Put()
  @RequiresScope('manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Choose how long your recordings are kept',
    description:
      'As long as the service allows, or shorter. It holds for what is there already, too; transcripts stay.',
    operationId: 'setMediaRetention',
  })
  @ApiOkResponse({ type: MediaRetentionDto })
  @ApiProblems(
    'retention_too_long',
    'validation_failed',
    'malformed_json',
    'body_too_large',
    'request_timeout',
    'content_type_unsupported',
  )
  async set(
    @CurrentActor() actor: KnownActor,
    @Body() choice: SetMediaRetentionDto,
  ): Promise<MediaRetentionDto> {
    await this.retention.choose(actor, toKeptDays(choice));
    return this.get(actor.principal);
  }
}
