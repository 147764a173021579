import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { whenClientGone } from '../../../platform/http/client-gone.js';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { FORM_PROBLEMS } from '../requests/upload-problems.js';
import { NewVoiceDto, VoiceNameDto, VoiceOfSpeakerDto } from './dto/voice.dto.js';
import { toVoiceDto, VoiceDto, VoiceListDto } from './dto/voice.response.dto.js';
import { SpeakerVoicesService } from './speaker-voices.service.js';
import { VoiceReader } from './voice.reader.js';
import { VoicesService } from './voices.service.js';

const VOICE_ID = { name: 'id', format: 'uuid' };

@ApiTags('Voices')
@Controller('voices')
export class VoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly reader: VoiceReader,
    private readonly speakers: SpeakerVoicesService,
  ) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'listVoices', summary: 'List the voices that you have saved' })
  @ApiOkResponse({ type: VoiceListDto })
  async list(@CurrentPrincipal() principal: Principal): Promise<VoiceListDto> {
    return { voices: (await this.voices.list(principal)).map(toVoiceDto) };
  }

  @Post()
  @RequiresScope('manage')
  @ApiOperation({
    operationId: 'createVoice',
    summary: 'Save a voice under a name',
    description:
      'Jobs with `known_voices` call who has this voice by the name. Have the consent of the person: it is biometric data. The recording is not kept.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: NewVoiceDto })
  @ApiCreatedResponse({ type: VoiceDto })
  @ApiProblems(
    ...FORM_PROBLEMS,
    'validation_failed',
    'voice_name_taken',
    'too_many_voices',
    'storage_full',
    'request_timeout',
    'malformed_json',
    'body_too_large',
    'database_unavailable',
    'service_unavailable',
    'shutting_down',
  )
  async create(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDto> {
    const { userId } = actor.principal;
    const { name, embedding } = await this.reader.read(userId, request, whenClientGone(response));
    return toVoiceDto(await this.voices.create(actor, name, embedding));
  }

  @Post('of-speaker')
  @RequiresScope('manage')
  @ApiOperation({
    operationId: 'createVoiceOfSpeaker',
    summary: 'Save the voice of a speaker of a transcript under a name',
    description: 'It is learned from what this speaker says alone in the recording of the job.',
  })
  @ApiCreatedResponse({ type: VoiceDto })
  @ApiProblems(
    ...BODY_PROBLEMS,
    'job_not_found',
    'media_not_found',
    'transcript_not_ready',
    'transcript_unavailable',
    'storage_unavailable',
    'storage_full',
    'service_unavailable',
    'voice_name_taken',
    'too_many_voices',
  )
  async createOfSpeaker(
    @CurrentActor() actor: KnownActor,
    @Body() { name, job_id: jobId, speaker }: VoiceOfSpeakerDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDto> {
    const signal = whenClientGone(response);
    const embedding = await this.speakers.hear(actor.principal, jobId, speaker, signal);
    return toVoiceDto(await this.voices.create(actor, name, embedding));
  }

  @Patch(':id')
  @RequiresScope('manage')
  @ApiOperation({ operationId: 'renameVoice', summary: 'Give a voice another name' })
  @ApiParam(VOICE_ID)
  @ApiOkResponse({ type: VoiceDto })
  @ApiProblems(...BODY_PROBLEMS, 'voice_not_found', 'voice_name_taken')
  async rename(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
    @Body() { name }: VoiceNameDto,
  ): Promise<VoiceDto> {
    return toVoiceDto(await this.voices.rename(actor, id, name));
  }

  @Delete(':id')
  @RequiresScope('manage')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteVoice', summary: 'Delete a voice' })
  @ApiParam(VOICE_ID)
  @ApiNoContentResponse({ description: 'It is deleted, and no job looks for it any more' })
  @ApiProblems('voice_not_found', 'malformed_request')
  delete(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<void> {
    return this.voices.delete(actor, id);
  }
}
