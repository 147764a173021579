import { createWriteStream } from 'node:fs';
import { mkdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { MediaProbe } from '../../../platform/media/media-probe.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { removeFilesBefore } from '../../../platform/runtime/file-age.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { codeOf } from '../../../platform/runtime/system-calls.js';
import {
  DIARIZER,
  DiarizerLostError,
  type Diarizer,
  type HeardVoice,
  type RecordingPart,
} from '../engine/diarizer.port.js';
import { onceMore } from './once-more.js';
import { Turns } from './turns.js';

/** What a recording of one person has to be like. */
export interface VoiceSampleRules {
  /** Of the request, which errors name. */
  readonly field: string;
  /** Where there are recordings of several people. */
  readonly whose?: string;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** Longer than anybody needs one. */
const LEFT_BEHIND_AFTER_MS = 10 * 60_000;
const CLEANING_MS = 60_000;
/** A word of somebody else does no harm, and may be a mistake. */
const MOST_OF_OTHERS = { seconds: 1.5, part: 0.15 };
const RETRY_AFTER_SECONDS = 5;

/**
 * Hears the voice in short recordings that are sent for that. They are files only while that takes, which nobody else may read; one after
 * the other, as each takes a process with the models. Users take turns.
 */
@Injectable()
export class VoiceSamplesService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(VoiceSamplesService.name);
  private readonly folder: string;
  private readonly turns = new Turns();
  /** Files of this process. */
  private readonly own = new Set<string>();
  private cleaning: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DIARIZER) private readonly diarizer: Diarizer,
    private readonly probe: MediaProbe,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    @Inject(APP_CONFIG) config: AppConfig,
  ) {
    this.folder = join(config.dataDir, 'voice-samples');
  }

  /** What a process that was killed has left goes soon, but for what another process may be at. */
  async onModuleInit(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.clean();
    this.cleaning = setInterval(() => {
      this.clean().catch((err: unknown) => {
        this.logger.warn('Recordings that were left behind could not be removed', { err });
      });
    }, CLEANING_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.cleaning);
  }

  /**
   * The embedding of the voice.
   *
   * @param ownerId whose turn it takes
   * @throws AppError validation_failed with what is wrong with the recording, storage_full, service_unavailable; what `bytes` fails with, and the reason of
   *   `signal` when that trips. Nothing of it remains.
   */
  async hear(
    ownerId: string,
    bytes: Readable,
    rules: VoiceSampleRules,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const path = join(this.folder, this.ids.next());
    this.own.add(path);
    try {
      await this.write(bytes, path, signal);
      await this.assertAudio(path, rules, signal);
      return embeddingOf(await this.inTurn(ownerId, path, signal), rules);
    } catch (error) {
      throw describe(error, rules);
    } finally {
      await rm(path, { force: true });
      this.own.delete(path);
    }
  }

  /**
   * The same of what is one person's in a recording that is there.
   *
   * @throws AppError as `hear`
   */
  async hearPart(
    ownerId: string,
    path: string,
    part: RecordingPart,
    rules: VoiceSampleRules,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    return embeddingOf(await this.inTurn(ownerId, path, signal, part), rules);
  }

  private async write(bytes: Readable, path: string, signal: AbortSignal): Promise<void> {
    try {
      await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (codeOf(error) === 'ENOSPC')
        throw new AppError('storage_full', 'There is no room for the recording.');
      throw error;
    }
  }

  private async assertAudio(path: string, rules: VoiceSampleRules, signal: AbortSignal): Promise<void> {
    const { durationSeconds } = await this.probe.probe(path, signal);
    // What the container says may be wrong, but nothing that long is listened to.
    if (durationSeconds !== null && durationSeconds > 2 * rules.mostSeconds)
      throw wrongLength(durationSeconds, rules);
  }

  /** What waits for its turn is kept young, so that no process takes it for left behind. */
  private async clean(): Promise<void> {
    const now = this.clock.now();
    // One may not be there yet, or any more.
    await Promise.allSettled([...this.own].map((path) => utimes(path, now, now)));
    await removeFilesBefore(this.folder, new Date(now.getTime() - LEFT_BEHIND_AFTER_MS));
  }

  private async inTurn(ownerId: string, ...order: Parameters<Diarizer['hearVoice']>): Promise<HeardVoice> {
    const warn = (error: DiarizerLostError): void => {
      this.logger.warn('The diarizer was lost while it heard a voice', { err: error });
    };
    try {
      return await this.turns.take(ownerId, () => onceMore(() => this.diarizer.hearVoice(...order), warn));
    } catch (error) {
      if (!(error instanceof DiarizerLostError)) throw error;
      warn(error);
      throw new AppError('service_unavailable', 'The voice could not be heard. Try again later.', {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    }
  }
}

function embeddingOf(
  { embedding, seconds, othersSeconds }: HeardVoice,
  rules: VoiceSampleRules,
): readonly number[] {
  const heard = Math.round(seconds * 10) / 10;
  if (heard < rules.leastSeconds || heard > rules.mostSeconds) throw wrongLength(seconds, rules);
  if (embedding === null) throw wrong(rules, 'has nobody who speaks');
  if (othersSeconds > Math.max(MOST_OF_OTHERS.seconds, MOST_OF_OTHERS.part * seconds))
    throw wrong(rules, 'has more than one person who speaks');
  return [...embedding];
}

function wrongLength(seconds: number, rules: VoiceSampleRules): AppError {
  const { leastSeconds, mostSeconds } = rules;
  const wanted = mostSeconds === Infinity ? `at least ${leastSeconds}` : `${leastSeconds} to ${mostSeconds}`;
  return wrong(rules, `is ${seconds.toFixed(1)} s long; it must have ${wanted} s`);
}

/** What is wrong with the recording, in the words of the request. */
function describe(error: unknown, rules: VoiceSampleRules): unknown {
  if (!(error instanceof AppError) || error.code === 'validation_failed') return error;
  const isOfFile = ['invalid', 'unsupported_type', 'too_large'].includes(error.kind);
  return isOfFile
    ? wrong(rules, `is no recording that can be heard: ${error.detail.replace(/\.$/, '')}`)
    : error;
}

function wrong({ field, whose }: VoiceSampleRules, message: string): AppError {
  return validationFailed([{ field, message: whose === undefined ? message : `of "${whose}" ${message}` }]);
}
