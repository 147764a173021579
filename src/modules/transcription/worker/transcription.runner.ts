import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { inSpan, isTraced } from '../../../platform/tracing/spans.js';
import { ClaimsService } from '../../jobs/claims.service.js';
import { writtenLanguage } from '../../jobs/decoding-options.view.js';
import type { JobClaim, JobProgress } from '../../jobs/job.view.js';
import { MediaFilesService } from '../../uploads/media/media-files.service.js';
import { MediaExpiryService } from '../../uploads/media/retention/media-expiry.service.js';
import type { DraftWriter } from '../drafts/draft-writer.js';
import type { DraftView } from '../drafts/draft.view.js';
import { DraftsService } from '../drafts/drafts.service.js';
import {
  TRANSCRIBER,
  TranscriberLostError,
  type Transcriber,
  type TranscriptionEvent,
} from '../engine/transcriber.port.js';
import { ModelCatalogueService } from '../models/model-catalogue.service.js';
import { labelSegments } from '../speakers/label-segments.js';
import { SpeakersService, type SpeakersResult } from '../speakers/speakers.service.js';
import { TranscriptsService } from '../transcripts/transcripts.service.js';
import { VoicesService } from '../voices/voices.service.js';
import { EngineStages } from './engine-stages.js';
import { LeaseKeeper } from './lease-keeper.js';

type Chunk = Extract<TranscriptionEvent, { type: 'chunk' }>;
type Finished = Extract<TranscriptionEvent, { type: 'finished' }>;
/** One job in the hands of this worker. */
interface Work {
  readonly claim: JobClaim;
  /** The recording as a file of this machine. */
  readonly path: string;
  readonly writer: DraftWriter;
  readonly lease: LeaseKeeper;
  readonly begun: DraftView | null;
  readonly signal: AbortSignal;
}

/** A write that ends this worker's part in a job; false when the job was no longer its own. */
type Settlement = () => Promise<boolean>;

const PERSIST_PAUSE_MS = 1000;
/** What of telling speakers apart may have to be done again costs less than to store it more often. */
const DIARIZER_PAUSE_MS = 20_000;
/** What is no fault of the recording, and ends by itself. */
const OUTAGES: ReadonlySet<ErrorCode> = new Set(['storage_unavailable', 'storage_full']);

/** Works off one claimed job, from its recording to its transcript, and settles it whatever happens. */
@Injectable()
export class TranscriptionRunner {
  private readonly logger = new Logger(TranscriptionRunner.name);

  constructor(
    private readonly claims: ClaimsService,
    private readonly media: MediaFilesService,
    private readonly expiry: MediaExpiryService,
    private readonly catalogue: ModelCatalogueService,
    private readonly drafts: DraftsService,
    private readonly transcripts: TranscriptsService,
    private readonly speakers: SpeakersService,
    private readonly voices: VoicesService,
    private readonly clock: Clock,
    @Inject(TRANSCRIBER) private readonly transcriber: Transcriber,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * @param stopping trips when this worker stops: then the job goes back to the queue
   * @param onLoaded called once the engine has the model of the job
   */
  async run(claim: JobClaim, stopping: AbortSignal, onLoaded: () => void): Promise<void> {
    const { id, attempts, model } = claim.job;
    this.logger.log('Job started', { job_id: id, attempt: attempts, model });
    const lease = new LeaseKeeper(claim, this.claims);
    const signal = AbortSignal.any([stopping, lease.lost]);
    try {
      const settle = await this.transcribe(claim, lease, signal, onLoaded).catch((error: unknown) => {
        if (lease.lost.aborted) return null;
        return stopping.aborted ? () => this.claims.release(claim) : this.failing(claim, error);
      });
      if (settle !== null) await this.persist(claim, settle, stopping);
    } finally {
      lease.stop();
    }
    if (claim.job.mediaFileId !== null) await this.expiry.deleteIfDue(claim.job.mediaFileId);
  }

  /** Returns the write that completes the job, so that it can be repeated. */
  private async transcribe(
    claim: JobClaim,
    lease: LeaseKeeper,
    signal: AbortSignal,
    onLoaded: () => void,
  ): Promise<Settlement> {
    const { job } = claim;
    if (job.mediaFileId === null) throw new Error('A job that is not ended has no recording');
    const { mediaFileId } = job;
    const recording = await inSpan('blob open', {}, () => this.media.openLocal(mediaFileId, signal));
    try {
      const model = await this.catalogue.resolve(job.model);
      if (model.revision !== job.modelRevision && !(await this.claims.refreeze(claim, model.revision)))
        lease.breakOff();
      const { begun, writer } = (await this.drafts.open(claim, model)) ?? lease.breakOff();
      const { maxAudioSeconds } = this.config.uploads;
      const { language, track, frugal, decoding } = job;
      const input = {
        path: recording.path,
        track,
        model,
        language,
        decoding,
        maxAudioSeconds,
        resume: begun?.engineState ?? null,
        frugal,
        stages: isTraced(),
      };
      lease.note({ stage: 'loading_model', processedSeconds: begun?.position ?? 0 });
      const events = this.transcriber.transcribe(input, signal);
      const stages = new EngineStages(this.clock);
      try {
        const work = { claim, path: recording.path, writer, lease, begun, signal };
        return await this.follow(work, stages.watch(events), onLoaded);
      } finally {
        stages.end();
      }
    } finally {
      await recording.release();
    }
  }

  private async follow(
    work: Work,
    events: AsyncIterable<TranscriptionEvent>,
    onLoaded: () => void,
  ): Promise<Settlement> {
    const { claim, writer, lease } = work;
    for await (const event of events) {
      switch (event.type) {
        case 'started':
          onLoaded();
          lease.startTranscribing();
          break;
        case 'chunk':
          lease.note({ processedSeconds: event.position });
          await this.store(event, writer, lease);
          break;
        case 'finished': {
          const spoken = await this.tellSpeakers(work, event);
          lease.note({ stage: 'saving', processedSeconds: event.duration });
          return () => this.complete(claim, writer, event, spoken);
        }
      }
    }
    throw new TranscriberLostError('The engine ended without a result');
  }

  private async store(chunk: Chunk, writer: DraftWriter, lease: LeaseKeeper): Promise<void> {
    await this.noteStored(lease, (progress) => writer.add(chunk, progress));
  }

  private async noteStored(
    lease: LeaseKeeper,
    write: (progress: JobProgress) => Promise<'stored' | 'kept' | 'lost'>,
  ): Promise<void> {
    const { progress } = lease;
    const outcome = await write(progress);
    if (outcome === 'stored') lease.noteWritten(progress);
    if (outcome === 'lost') lease.giveUp();
  }

  /** Null where nobody asked for it. */
  private async tellSpeakers(work: Work, { duration }: Finished): Promise<SpeakersResult | null> {
    const { claim, path, writer, lease, begun, signal } = work;
    const { ownerId, track, decoding } = claim.job;
    if (decoding.diarize === null) return null;
    const segments = await writer.readAll();
    if (segments.length === 0) return { heard: [], diarization: { state: 'completed', speakers: 0 } };
    lease.startDiarizing();
    let notedAt = performance.now();
    const saved = await this.voices.findForJob(ownerId, decoding.knownVoices);
    const isSavedGone = saved.length < decoding.knownVoices.length;
    const order = {
      path,
      track,
      channels: [...new Set(segments.flatMap(({ channel }) => channel ?? []))],
      hints: decoding.diarize,
      voices: [...claim.voices, ...saved],
      voicesGone: claim.areVoicesGone ? ('sent' as const) : isSavedGone ? ('saved' as const) : null,
      durationSeconds: duration,
      resume: begun?.diarizerState ?? null,
    };
    return this.speakers.tell(order, signal, async (position, state) => {
      lease.note({ processedSeconds: Math.min(position, duration) });
      if (state === null || performance.now() - notedAt < DIARIZER_PAUSE_MS) return;
      notedAt = performance.now();
      await this.noteStored(lease, (progress) => writer.noteDiarizer(state, progress));
    });
  }

  private complete(
    claim: JobClaim,
    writer: DraftWriter,
    result: Finished,
    spoken: SpeakersResult | null,
  ): Promise<boolean> {
    const { id: jobId, model, decoding } = claim.job;
    const { language, languageProbability, duration } = result;
    return this.claims.complete(claim, { durationSeconds: duration, language }, async () => {
      const { segments, draftId } = await writer.close();
      const text =
        spoken === null ? { segments, speakers: {} } : labelSegments(segments, spoken.heard, decoding.words);
      const diarization = spoken?.diarization ?? null;
      const transcript = { jobId, model, language, languageProbability, duration, diarization, ...text };
      // Whoever has read the draft reads the text anew where segments were split.
      const sameText = text.segments.length === segments.length ? draftId : null;
      await this.transcripts.save(transcript, {
        draftId: sameText,
        writtenIn: writtenLanguage(decoding, language),
      });
    });
  }

  /** What is wrong with the recording fails the job at once; what may be gone the next time is tried again. */
  private failing(claim: JobClaim, error: unknown): Settlement {
    if (isDatabaseOutage(error)) return () => this.claims.release(claim, 'database_unavailable');
    if (error instanceof AppError) {
      const failure = { code: error.code, detail: error.detail };
      if (OUTAGES.has(error.code)) return () => this.claims.waitOrFail(claim, failure);
      if (error.kind !== 'unavailable') return () => this.claims.fail(claim, failure);
    }
    const { id, attempts } = claim.job;
    this.logger.error('An attempt at a job broke off', { job_id: id, attempt: attempts, err: error });
    // An engine that is lost may have run out of memory.
    const frugal = error instanceof TranscriberLostError;
    const detail = frugal
      ? 'The engine crashed on this recording again and again.'
      : 'The recording could not be transcribed.';
    return () => this.claims.retryOrFail(claim, { code: 'transcription_failed', detail }, { frugal });
  }

  /** A database that is away for a while must not cost the work that is done: the write is repeated until it comes back. */
  private async persist(claim: JobClaim, settle: Settlement, stopping: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await inSpan('job settle', {}, settle);
        return;
      } catch (error) {
        if (stopping.aborted || !isDatabaseOutage(error)) throw error;
        this.logger.warn('The outcome of a job waits for the database', { job_id: claim.job.id });
        await delay(PERSIST_PAUSE_MS, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }
}
