import { Injectable } from '@nestjs/common';
import { chooseTrack } from '../../../platform/media/track-choice.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { StreamSlots } from '../../jobs/streams/stream-slots.service.js';
import { IngestService } from '../../uploads/ingest/ingest.service.js';
import {
  TranscriptionRequestService,
  type TranscriptionOptions,
} from '../requests/transcription-request.service.js';
import { AskedBefore, OpenAiCallsService } from './calls/openai-calls.service.js';
import { KnownSpeakersService } from './known-speakers.service.js';
import type { ReadCall } from './openai-call.reader.js';
import { hearSpeakers } from './speaker-hearing.js';

/** Makes calls of the OpenAI API into jobs, each of them into one. */
@Injectable()
export class OpenAiOrdersService {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly calls: OpenAiCallsService,
    private readonly ingest: IngestService,
    private readonly slots: StreamSlots,
    private readonly speakers: KnownSpeakersService,
  ) {}

  /**
   * Answers a call with what comes of its job: a new one, or that of the call that this one repeats. When it is not accepted nothing of the
   * file remains.
   *
   * @param signal trips when nobody waits for it any more
   * @throws AppError as `submit` of TranscriptionRequestService, what is wrong with known speakers, idempotency_key_reused, too_many_streams, streams_exhausted; what
   *   `answer` throws
   */
  async fulfil(
    actor: KnownActor,
    call: ReadCall,
    signal: AbortSignal,
    answer: (jobId: string) => Promise<void>,
  ): Promise<void> {
    const release = await this.takeSlot(actor, call);
    try {
      const jobId = await this.placeOrder(actor, call, signal);
      await this.calls.whileWaiting(jobId, () => answer(jobId));
    } finally {
      release();
    }
  }

  private async takeSlot({ principal }: KnownActor, { asked, file }: ReadCall): Promise<() => void> {
    if (!asked.stream) return () => undefined;
    try {
      return this.slots.take(principal.userId);
    } catch (error) {
      await this.ingest.discard(file);
      throw error;
    }
  }

  /** The job is waited for from now on. */
  private async placeOrder(actor: KnownActor, call: ReadCall, signal: AbortSignal): Promise<string> {
    try {
      const jobId = call.mayBeRepeat ? await this.calls.join(call.key) : null;
      if (jobId === null) return await this.create(actor, call, signal);
      await this.ingest.discard(call.file);
      return jobId;
    } catch (error) {
      await this.ingest.discardRefused(call.file, error);
      if (!(error instanceof AskedBefore)) throw error;
      return this.joinOther(call, error);
    }
  }

  private async create(actor: KnownActor, call: ReadCall, signal: AbortSignal): Promise<string> {
    const { file, filename, key, mayBeRepeat } = call;
    const options = await this.completeOptions(actor.principal.userId, call, signal);
    const { id } = await this.requests.submit(actor, file, filename, options, ({ jobId }) =>
      this.calls.note(jobId, actor.principal.userId, key, mayBeRepeat),
    );
    return id;
  }

  /** How speakers are told apart, which only the recording decides. */
  private async completeOptions(
    ownerId: string,
    { file, asked, options }: ReadCall,
    signal: AbortSignal,
  ): Promise<TranscriptionOptions> {
    if (asked.format !== 'diarized_json') return options;
    const { channels } = chooseTrack(file.info.tracks, options.track);
    const voices = await this.speakers.hear(ownerId, asked.knownSpeakers, signal);
    const decoding = { ...options.decoding, ...hearSpeakers(channels, voices.length > 0) };
    return { ...options, decoding, voices: voices.length > 0 ? voices : null };
  }

  private async joinOther({ key }: ReadCall, reason: AskedBefore): Promise<string> {
    const jobId = await this.calls.join(key);
    if (jobId === null) throw reason;
    return jobId;
  }
}
