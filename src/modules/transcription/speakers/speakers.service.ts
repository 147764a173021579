import { Inject, Injectable, Logger } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { inSpan, noteSpan } from '../../../platform/tracing/spans.js';
import type { SpeakerHints } from '../../jobs/decoding-options.view.js';
import type { KnownVoice } from '../../jobs/known-voice.view.js';
import { DiarizationMetrics, type DiarizationOutcome } from './diarization.metrics.js';
import type { DiarizationView } from './diarization.view.js';
import {
  DIARIZER,
  DiarizerLostError,
  type Diarizer,
  type DiarizerState,
  type HeardSpeakers,
  type ListeningInput,
  type ListeningStep,
} from '../engine/diarizer.port.js';
import { onceMore } from './once-more.js';
import type { ChannelTurns } from './label-segments.js';
import { nameSpeakers } from './name-speakers.js';

/** A recording whose text is known, and how to go on with what was heard before. */
export interface SpeakersOrder {
  readonly path: string;
  readonly track: number | null;
  /** Those that were transcribed each by itself; empty: all of them were mixed. */
  readonly channels: readonly number[];
  readonly hints: SpeakerHints;
  /** Whose names speakers get. */
  readonly voices: readonly KnownVoice[];
  /** Which there were more of once. */
  readonly voicesGone: keyof typeof VOICES_GONE | null;
  readonly durationSeconds: number;
  readonly resume: DiarizerState | null;
}

export interface SpeakersResult {
  /** Empty where they could not be told apart. */
  readonly heard: readonly ChannelTurns[];
  readonly diarization: DiarizationView;
}

/** Told of each step: seconds of the recording that are done, of each channel its part; the state where it can be gone on with. */
export type OnStep = (position: number, state: DiarizerState | null) => Promise<void>;

/** Of voices that came with the order, and of those that their owner had saved. */
const VOICES_GONE = {
  sent: 'The voices that came with the order were deleted when the job had ended before: nobody has their names. Send it anew with them.',
  saved: 'Saved voices were deleted before speakers were told apart: nobody has their names.',
} as const;

type CompletedDiarization = Extract<DiarizationView, { state: 'completed' }>;

/** Short recordings take as long as the models take to load. */
const LEAST_BUDGET_SECONDS = 60;

class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';
}

/** Tells the speakers of a recording apart, without ever costing anybody the text. */
@Injectable()
export class SpeakersService {
  private readonly logger = new Logger(SpeakersService.name);

  constructor(
    @Inject(DIARIZER) private readonly diarizer: Diarizer,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly metrics: DiarizationMetrics,
  ) {}

  /** @throws the reason of `signal` when that trips; what `onStep` throws does not count */
  async tell(order: SpeakersOrder, signal: AbortSignal, onStep: OnStep): Promise<SpeakersResult> {
    const budget = new AbortController();
    const seconds = Math.max(
      LEAST_BUDGET_SECONDS,
      (order.durationSeconds * this.config.worker.diarizationLimitPercent) / 100,
    );
    const timer = setTimeout(() => {
      budget.abort(new BudgetSpentError());
    }, seconds * 1000);
    const limited = AbortSignal.any([signal, budget.signal]);
    const begun = this.clock.now().getTime();
    const observe = (outcome: DiarizationOutcome): void => {
      this.metrics.observe(outcome, (this.clock.now().getTime() - begun) / 1000);
    };
    try {
      const heard = await inSpan('diarize', {}, () => this.tellChannels(order, limited, onStep));
      observe('completed');
      const count = heard.reduce((sum, { speakers }) => sum + speakers, 0);
      return { heard, diarization: { state: 'completed', speakers: count, ...warningOf(order) } };
    } catch (error) {
      signal.throwIfAborted();
      observe(error instanceof BudgetSpentError ? 'timeout' : 'failed');
      this.logger.warn('The text goes without speakers', { err: error });
      return { heard: [], diarization: { state: 'failed', error: describe(error, seconds) } };
    } finally {
      clearTimeout(timer);
    }
  }

  private async tellChannels(
    order: SpeakersOrder,
    signal: AbortSignal,
    onStep: OnStep,
  ): Promise<(ChannelTurns & { speakers: number })[]> {
    const { path, track, hints, resume, durationSeconds } = order;
    const { maxAudioSeconds } = this.config.uploads;
    const channels = order.channels.length === 0 ? [null] : order.channels;
    const found: (ChannelTurns & { speakers: number })[] = [];
    for (const [index, channel] of channels.entries()) {
      const input = {
        path,
        track,
        channel,
        maxAudioSeconds,
        // How many there are in all tells no more than the most of one channel.
        hints: channel === null ? hints : { exactly: null, least: null, most: hints.exactly ?? hints.most },
        resume: channel === null ? resume : null,
      };
      const { turns, speakers } = await this.persistently(input, signal, ({ position, state }) => {
        const done = (index * durationSeconds + position) / channels.length;
        return onStep(done, channel === null ? state : null);
      });
      found.push({ channel, turns, speakers: speakers.length, names: nameSpeakers(speakers, order.voices) });
    }
    return found;
  }

  /** A diarizer that is lost goes on once more from where it was. */
  private async persistently(
    input: ListeningInput,
    signal: AbortSignal,
    onStep: (step: ListeningStep) => Promise<void>,
  ): Promise<HeardSpeakers> {
    let { resume } = input;
    const run = (): Promise<HeardSpeakers> =>
      inSpan('diarizer run', {}, () =>
        this.listen({ ...input, resume }, signal, async (step) => {
          resume = step.state ?? resume;
          await onStep(step);
        }),
      );
    return onceMore(run, (error) => {
      this.logger.warn('The diarizer is started again', { err: error });
    });
  }

  /** Which step was the last one is known when the answer comes. */
  private async listen(
    input: ListeningInput,
    signal: AbortSignal,
    onStep: (step: ListeningStep) => Promise<void>,
  ): Promise<HeardSpeakers> {
    const begun = this.clock.now();
    let heard = begun;
    const run = this.diarizer.listen(input, signal);
    for (;;) {
      const { done, value } = await run.next();
      if (done === true) {
        noteSpan({ name: 'diarizer listen', from: begun, to: heard });
        noteSpan({ name: 'diarizer conclude', from: heard, to: this.clock.now() });
        return value;
      }
      heard = this.clock.now();
      await onStep(value);
    }
  }
}

function warningOf({ voicesGone }: SpeakersOrder): Pick<CompletedDiarization, 'warning'> {
  if (voicesGone === null) return {};
  return { warning: { code: 'known_voices_gone', detail: VOICES_GONE[voicesGone] } };
}

function describe(error: unknown, seconds: number): Extract<DiarizationView, { state: 'failed' }>['error'] {
  if (error instanceof BudgetSpentError)
    return {
      code: 'diarization_timeout',
      detail: `Telling the speakers apart took longer than ${Math.round(seconds)} s.`,
    };
  const why =
    error instanceof AppError
      ? error.detail
      : error instanceof DiarizerLostError
        ? 'The diarizer crashed on this recording again and again.'
        : 'Something went wrong inside of the service.';
  return { code: 'diarization_failed', detail: `The speakers could not be told apart. ${why}` };
}
