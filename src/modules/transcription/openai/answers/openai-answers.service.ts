import { Inject, Injectable, Logger } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { HEARTBEAT, HEARTBEAT_MS } from '../../../../platform/http/event-stream.js';
import type { HeldAnswer } from '../../../../platform/http/held-answer.js';
import { toOpenAiError } from '../../../../platform/http/openai-error.js';
import { statusOf, toAppError } from '../../../../platform/http/problem.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import type { JobToken } from '../../../jobs/job-text.view.js';
import { toSubRipCue, toWebVttCue } from '../../exports/subtitles.js';
import type { OpenAiOptions } from '../openai-options.js';
import { OpenAiResultsService } from './openai-results.service.js';
import {
  toDiarizationNotes,
  toDiarizedSegment,
  toDiarizedSegments,
  toJsonAnswer,
  toLanguages,
  toLogprob,
  toTokenUsage,
} from './openai-transcript.js';
import { SpeakerNames } from './speaker-names.js';
import { TextTokens } from './text-tokens.js';
import { ToldText } from './told-text.js';

const PLAIN_TEXT = { contentType: 'text/plain; charset=utf-8', filler: null };

/** What somebody waits for. */
export interface AwaitedCall {
  readonly principal: Principal;
  readonly jobId: string;
  readonly options: OpenAiOptions;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Writes answers in the formats of the OpenAI API, while the text comes in where the format lets it. */
@Injectable()
export class OpenAiAnswersService {
  private readonly logger = new Logger(OpenAiAnswersService.name);

  constructor(
    private readonly results: OpenAiResultsService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** @param timeoutSeconds after which the client gives up; undefined: it did not say */
  modeOf({ format, stream }: OpenAiOptions, timeoutSeconds: number | undefined): HeldAnswer {
    const { silenceMs } = this.config.openAi;
    const fillAfterMs = Math.min(HEARTBEAT_MS, silenceMs);
    if (stream)
      return { contentType: 'text/event-stream; charset=utf-8', holdMs: 0, filler: HEARTBEAT, fillAfterMs };
    const holdMs = Math.min(silenceMs, ((timeoutSeconds ?? Infinity) * 1000) / 2);
    if (['text', 'srt', 'vtt'].includes(format)) return { ...PLAIN_TEXT, holdMs, fillAfterMs };
    return { contentType: 'application/json; charset=utf-8', holdMs, filler: ' ', fillAfterMs };
  }

  /** @throws AppError why there is no transcript; in a stream that is an event */
  write(call: AwaitedCall): AsyncGenerator<string> {
    if (call.options.stream) return this.writeEvents(call);
    switch (call.options.format) {
      case 'text':
        return this.writeText(call);
      case 'srt':
        return this.writeSubRip(call);
      case 'vtt':
        return this.writeWebVtt(call);
      case 'json':
      case 'verbose_json':
      case 'diarized_json':
        return this.writeJson(call);
    }
  }

  private async *writeJson({ principal, jobId, options, signal }: AwaitedCall): AsyncGenerator<string> {
    yield JSON.stringify(toJsonAnswer(await this.results.finish(principal, jobId, signal), options));
  }

  private async *writeText({ principal, jobId, signal }: AwaitedCall): AsyncGenerator<string> {
    let isEmpty = true;
    for await (const { segment, separator } of this.results.follow(principal, jobId, signal)) {
      yield separator + segment.text;
      isEmpty = false;
    }
    if (!isEmpty) yield '\n';
  }

  private async *writeSubRip({ principal, jobId, signal }: AwaitedCall): AsyncGenerator<string> {
    let number = 1;
    for await (const { segment } of this.results.follow(principal, jobId, signal)) {
      yield (number === 1 ? '' : '\n') + toSubRipCue(segment, number);
      number += 1;
    }
  }

  private async *writeWebVtt({ principal, jobId, signal }: AwaitedCall): AsyncGenerator<string> {
    yield 'WEBVTT\n\n';
    let before = '';
    for await (const { segment } of this.results.follow(principal, jobId, signal)) {
      yield before + toWebVttCue(segment);
      before = '\n';
    }
  }

  /** A failure is told as its clients take it: as data with an error. */
  private async *writeEvents(call: AwaitedCall): AsyncGenerator<string> {
    try {
      yield HEARTBEAT;
      for await (const event of this.tell(call)) yield toEvent(event);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (statusOf(error) >= 500)
        this.logger.error('A stream broke off', { code: error.code, err: error.cause });
      yield toEvent(toOpenAiError(error, true).body);
      return;
    }
    yield 'data: [DONE]\n\n';
  }

  /** The deltas one after the other are the text of the end. */
  private async *tell(call: AwaitedCall): AsyncGenerator<object> {
    const { principal, jobId, options, signal } = call;
    const isDiarized = options.format === 'diarized_json';
    if (isDiarized && (await this.results.areVoicesHeard(principal, jobId))) {
      yield* this.tellVoices(call);
      return;
    }
    const names = new SpeakerNames([], {});
    const tokens = new TextTokens();
    const said: JobToken[] = [];
    let text = '';
    let number = 0;
    for await (const { segment, separator } of this.results.follow(principal, jobId, signal)) {
      const delta = separator + segment.text;
      const fresh = tokens.next(segment, separator);
      const part = isDiarized ? toDiarizedSegment(segment, number, names) : null;
      yield {
        type: 'transcript.text.delta',
        delta,
        ...(part === null ? {} : { segment_id: part.id }),
        ...(options.logprobs ? { logprobs: fresh.map(toLogprob) } : {}),
      };
      if (part !== null) yield part;
      text += delta;
      said.push(...fresh);
      number += 1;
    }
    const { transcript } = await this.results.finish(principal, jobId, signal);
    yield {
      type: 'transcript.text.done',
      text,
      languages: toLanguages(transcript),
      ...(options.logprobs ? { logprobs: said.map(toLogprob) } : {}),
      usage: toTokenUsage(transcript.duration, said.length),
    };
  }

  /** Who speaks is known at the end: the segments come after all deltas, which therefore name none. */
  private async *tellVoices({ principal, jobId, options, signal }: AwaitedCall): AsyncGenerator<object> {
    const told = new ToldText();
    for await (const delta of this.results.followText(principal, jobId, told, signal))
      yield { type: 'transcript.text.delta', delta };
    const finished = await this.results.finish(principal, jobId, signal);
    yield* toDiarizedSegments(finished, options);
    const { transcript } = finished;
    const tokens = transcript.segments.reduce((sum, segment) => sum + (segment.tokens?.length ?? 0), 0);
    yield {
      type: 'transcript.text.done',
      text: told.text,
      languages: toLanguages(transcript),
      ...toDiarizationNotes(finished),
      usage: toTokenUsage(transcript.duration, tokens),
    };
  }
}

function toEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
