import { applyDecorators, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { whenClientGone } from '../../../platform/http/client-gone.js';
import { sendHeld } from '../../../platform/http/held-answer.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CredentialsWatchService } from '../../auth/access/credentials-watch.service.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { CurrentCredentials } from '../../auth/access/current-credentials.decorator.js';
import type { HeldCredentials } from '../../auth/access/held-credentials.view.js';
import type { Task } from '../../jobs/decoding-options.view.js';
import {
  DECODING_PROBLEMS,
  FILE_PROBLEMS,
  FORM_PROBLEMS,
  JOB_PROBLEMS,
  ROOM_PROBLEMS,
} from '../requests/upload-problems.js';
import { OpenAiAnswersService } from './answers/openai-answers.service.js';
import { OpenAiTranscriptionFormDto, OpenAiTranslationFormDto } from './dto/openai-form.request.dto.js';
import {
  OpenAiDiarizedDto,
  OpenAiTranscriptionDto,
  OpenAiVerboseDto,
} from './dto/openai-transcription.response.dto.js';
import { OpenAiCallReader } from './openai-call.reader.js';
import { OpenAiOrdersService } from './openai-orders.service.js';

const SCOPE = 'transcribe';

type Dto = new () => object;

interface Call {
  readonly actor: KnownActor;
  readonly held: HeldCredentials;
  readonly request: Request;
  readonly response: Response;
  readonly task: Task;
}

const TEXT = { schema: { type: 'string' } } as const;

interface AudioDocument {
  readonly operationId: string;
  readonly summary: string;
  readonly form: Dto;
  readonly answers: readonly Dto[];
  readonly isStreamed: boolean;
}

function ApiAudio({ operationId, summary, form, answers, isStreamed }: AudioDocument): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    RequiresScope(SCOPE),
    ApiOperation({ operationId, summary, description: 'docs/openai.md tells what it does and does not do.' }),
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: form }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Requests with the same key get the same job, also while it runs',
    }),
    ApiExtraModels(...answers),
    ApiOkResponse({
      description: 'The transcript',
      headers: {
        'openai-model': {
          description: 'The model that was used, by its own name',
          schema: { type: 'string' },
        },
      },
      content: {
        'application/json': { schema: { anyOf: answers.map((dto) => ({ $ref: getSchemaPath(dto) })) } },
        'text/plain': TEXT,
        ...(isStreamed ? { 'text/event-stream': TEXT } : {}),
      },
    }),
    ApiProblems(
      ...FORM_PROBLEMS,
      ...FILE_PROBLEMS,
      ...DECODING_PROBLEMS,
      'too_many_channels',
      ...JOB_PROBLEMS,
      ...ROOM_PROBLEMS,
      'field_missing',
      'parameter_unsupported',
      'idempotency_key_reused',
      'transcription_failed',
      'transcript_unavailable',
      'model_loading',
      'service_unavailable',
      'too_many_streams',
      'streams_exhausted',
      'shutting_down',
    ),
  );
}

/** The audio routes of the OpenAI API. */
@ApiTags('OpenAI')
@Controller('v1/audio')
export class OpenAiAudioController {
  constructor(
    private readonly reader: OpenAiCallReader,
    private readonly orders: OpenAiOrdersService,
    private readonly credentials: CredentialsWatchService,
    private readonly answers: OpenAiAnswersService,
    private readonly shutdown: Shutdown,
  ) {}

  @Post('transcriptions')
  @ApiAudio({
    operationId: 'createOpenAiTranscription',
    summary: 'Transcribe as the OpenAI API does',
    form: OpenAiTranscriptionFormDto,
    answers: [OpenAiTranscriptionDto, OpenAiVerboseDto, OpenAiDiarizedDto],
    isStreamed: true,
  })
  transcribe(
    @CurrentActor() actor: KnownActor,
    @CurrentCredentials() held: HeldCredentials,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.answer({ actor, held, request, response, task: 'transcribe' });
  }

  @Post('translations')
  @ApiAudio({
    operationId: 'createOpenAiTranslation',
    summary: 'Translate into English as the OpenAI API does',
    form: OpenAiTranslationFormDto,
    answers: [OpenAiTranscriptionDto, OpenAiVerboseDto],
    isStreamed: false,
  })
  translate(
    @CurrentActor() actor: KnownActor,
    @CurrentCredentials() held: HeldCredentials,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.answer({ actor, held, request, response, task: 'translate' });
  }

  private async answer({ actor, held, request, response, task }: Call): Promise<void> {
    const clientGone = whenClientGone(response);
    const { principal } = actor;
    const call = await this.reader.read(principal, request, task);
    const watch = this.credentials.watch(held, SCOPE);
    const signal = AbortSignal.any([clientGone, watch.ended, this.shutdown.signal]);
    const mode = this.answers.modeOf(call.asked, timeoutOf(request));
    try {
      await this.orders.fulfil(actor, call, signal, (jobId) => {
        response.setHeader('openai-model', call.options.model);
        return sendHeld(
          this.answers.write({ principal, jobId, options: call.asked, signal }),
          response,
          mode,
        );
      });
    } catch (error) {
      if (!clientGone.aborted) throw error;
    } finally {
      watch.stop();
    }
  }
}

/** Seconds after which the client gives up, as the packages of OpenAI say it; undefined where they do not. */
function timeoutOf(request: Request): number | undefined {
  const seconds = Number(request.get('x-stainless-read-timeout') ?? request.get('x-stainless-timeout'));
  return seconds > 0 ? seconds : undefined;
}
