import { Injectable } from '@nestjs/common';
import type { ModelName } from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { assertSeparable } from '../../../platform/media/channel-split.js';
import type { AudioTrack, MediaInfo } from '../../../platform/media/media-info.js';
import { chooseTrack } from '../../../platform/media/track-choice.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import { assertMayUse, JobOrdersService, recordingDeleted } from '../../jobs/job-orders.service.js';
import { DEFAULT_DECODING, type DecodingOptions, type Task } from '../../jobs/decoding-options.view.js';
import type { JobPriority } from '../../jobs/job-priority.view.js';
import type { JobView } from '../../jobs/job.view.js';
import type { KnownVoice } from '../../jobs/known-voice.view.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { WebhookTargetsService } from '../../jobs/webhooks/webhook-targets.service.js';
import { IngestService, type IngestedFile } from '../../uploads/ingest/ingest.service.js';
import type { KeptMedia, MediaFileView } from '../../uploads/media/media-file.view.js';
import { MediaFilesService } from '../../uploads/media/media-files.service.js';
import type { UploadOutcome } from '../../uploads/sessions/upload-session.view.js';
import { VoicesService } from '../voices/voices.service.js';
import { resolveLanguage } from '../models/languages.js';
import { ModelCatalogueService, type ReadyModel } from '../models/model-catalogue.service.js';

/** What a client asked for, in its words. */
export interface TranscriptionOrder {
  readonly model?: string | undefined;
  readonly language?: string | undefined;
  readonly track?: number | undefined;
  /** Those of DEFAULT_DECODING unless named. */
  readonly decoding?: Partial<DecodingOptions> | undefined;
  readonly priority?: JobPriority | undefined;
  /** Is told how the job ended. */
  readonly callbackUrl?: string | undefined;
}

/** What it gets. */
export interface TranscriptionOptions {
  readonly model: ModelName;
  readonly modelRevision: string | null;
  readonly language: string | null;
  /** Index among the audio tracks of the file, which has yet to come; null: its default one. */
  readonly track: number | null;
  readonly decoding: DecodingOptions;
  /** Whose names speakers may have; null: nobody's. */
  readonly voices: readonly KnownVoice[] | null;
  readonly priority: JobPriority;
  readonly callbackUrl: string | null;
}

/** The order "transcribe this". */
@Injectable()
export class TranscriptionRequestService {
  constructor(
    private readonly catalogue: ModelCatalogueService,
    private readonly media: MediaFilesService,
    private readonly jobs: JobsService,
    private readonly orders: JobOrdersService,
    private readonly ingest: IngestService,
    private readonly idempotency: IdempotencyService,
    private readonly targets: WebhookTargetsService,
    private readonly audit: AuditTrail,
    private readonly voices: VoicesService,
  ) {}

  /**
   * @throws AppError validation_failed for voices that there are not, model_unknown, model_not_ready, model_too_large, language_unknown,
   *   task_unsupported, priority_forbidden, url_invalid, url_forbidden
   */
  async resolveOptions(principal: Principal, order: TranscriptionOrder): Promise<TranscriptionOptions> {
    const { priority = 'normal' } = order;
    assertMayUse(principal, priority);
    const model = await this.catalogue.resolve(order.model);
    const language = resolveLanguage(order.language, model);
    const { name, revision: modelRevision } = model;
    const callbackUrl = order.callbackUrl === undefined ? null : await this.targets.accept(order.callbackUrl);
    const asked = { ...DEFAULT_DECODING, ...order.decoding };
    const decoding = { ...asked, knownVoices: await this.voices.resolve(principal, asked.knownVoices) };
    assertCanDo(model, decoding.task);
    const { track = null } = order;
    return { model: name, modelRevision, language, track, decoding, voices: null, priority, callbackUrl };
  }

  /**
   * A file that came in this one request. When it is not accepted nothing of it remains. A request that was cut off after that, and is
   * repeated, gets its job, and the file is not needed.
   */
  async submitReceived(
    actor: KnownActor,
    file: IngestedFile,
    filename: string,
    options: TranscriptionOptions,
  ): Promise<JobView> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) {
      await this.ingest.discard(file);
      return this.jobs.get(actor.principal, createdEarlier);
    }
    return this.orDiscard(file, () =>
      this.submit(actor, file, filename, options, ({ jobId }) => this.idempotency.noteCreated(jobId)),
    );
  }

  /**
   * Accepts the file: media file, job and whatever `alsoWrite` writes come to be in one transaction. From here on nothing of it is lost.
   *
   * @throws AppError track_unknown, unsupported_media when the track that was asked for cannot be had; too_many_channels,
   *   too_many_active_jobs, audio_quota_exceeded, storage_quota_exceeded; what `alsoWrite` throws. The file stays.
   */
  async submit(
    actor: KnownActor,
    file: IngestedFile,
    filename: string,
    options: TranscriptionOptions,
    alsoWrite: (outcome: UploadOutcome) => Promise<void> = () => Promise.resolve(),
  ): Promise<JobView> {
    return this.media.adopt(actor.principal, file, filename, async (media) => {
      const created = await this.createJob(actor, media, file.info, options);
      await alsoWrite({ mediaFileId: media.id, jobId: created.id });
      return created;
    });
  }

  /**
   * A file of a batch, in the transaction that is open.
   *
   * @throws AppError as `submit`. The file stays.
   */
  submitWithin(
    actor: KnownActor,
    file: IngestedFile,
    filename: string,
    options: TranscriptionOptions,
    batchId: string,
  ): Promise<JobView> {
    return this.media.adoptWithin(actor.principal, file, filename, (media) =>
      this.createJob(actor, media, file.info, options, batchId),
    );
  }

  /**
   * Accepts a file that nothing is to be done with yet. When it is not accepted nothing of it remains.
   *
   * @throws AppError storage_quota_exceeded
   */
  async keep(actor: KnownActor, file: IngestedFile, filename: string): Promise<KeptMedia> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) {
      await this.ingest.discard(file);
      return this.media.get(actor.principal, createdEarlier);
    }
    const { id } = await this.orDiscard(file, () =>
      this.media.adopt(actor.principal, file, filename, async (media) => {
        await this.audit.record(actor, 'media.created', media.id, {});
        await this.idempotency.noteCreated(media.id);
        return media;
      }),
    );
    return this.media.get(actor.principal, id);
  }

  /**
   * A job for a recording that is there already.
   *
   * @throws AppError media_not_found, track_unknown, unsupported_media, too_many_channels, too_many_active_jobs, audio_quota_exceeded
   */
  async submitKept(actor: KnownActor, mediaId: string, options: TranscriptionOptions): Promise<JobView> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) return this.jobs.get(actor.principal, createdEarlier);
    const info = await this.media.inspect(actor.principal, mediaId);
    return this.media.use(actor.principal, mediaId, async (media) => {
      const created = await this.createJob(actor, media, info, options);
      await this.idempotency.noteCreated(created.id);
      return created;
    });
  }

  /**
   * Looks at a recording that is there already.
   *
   * @returns what writes its job into the transaction that is open; it throws media_not_found, track_unknown, unsupported_media,
   *   too_many_channels, too_many_active_jobs, audio_quota_exceeded
   * @throws AppError media_not_found
   */
  async prepareKept(
    actor: KnownActor,
    mediaId: string,
    options: TranscriptionOptions,
  ): Promise<(batchId: string) => Promise<JobView>> {
    const info = await this.media.inspect(actor.principal, mediaId);
    return (batchId) =>
      this.media.use(actor.principal, mediaId, (media) =>
        this.createJob(actor, media, info, options, batchId),
      );
  }

  /**
   * A job again that failed or was cancelled, with these options in place of those that it had.
   *
   * @throws AppError job_not_found, job_not_retryable, track_unknown, unsupported_media, too_many_channels, too_many_active_jobs,
   *   audio_quota_exceeded; as `resolveOptions`
   */
  async retry(actor: KnownActor, id: string, changes: TranscriptionOrder): Promise<JobView> {
    if (Object.values(changes).every((value) => value === undefined))
      return this.orders.retry(actor, id, null);
    const job = await this.jobs.get(actor.principal, id);
    if (job.mediaFileId === null) throw recordingDeleted();
    const { model, language, track } = job;
    const decoding = { ...job.decoding, knownVoices: await this.voicesLeft(actor.principal, job) };
    const order = {
      model,
      language: language ?? undefined,
      track: track ?? undefined,
      ...definedOf(changes),
      decoding: { ...decoding, ...changes.decoding },
    };
    const options = await this.resolveOptions(actor.principal, order);
    const { tracks } = await this.inspectForRetry(actor.principal, job.mediaFileId);
    const { durationSeconds } = chooseSound(tracks, options);
    return this.orders.retry(actor, id, { ...options, durationSeconds });
  }

  /** Some may have been deleted since. */
  private async voicesLeft(principal: Principal, { decoding }: JobView): Promise<readonly string[]> {
    const ids = new Set((await this.voices.list(principal)).map(({ id }) => id));
    return decoding.knownVoices.filter((id) => ids.has(id));
  }

  private async inspectForRetry(principal: Principal, mediaId: string): Promise<MediaInfo> {
    try {
      return await this.media.inspect(principal, mediaId);
    } catch (error) {
      throw error instanceof AppError && error.code === 'media_not_found' ? recordingDeleted() : error;
    }
  }

  /** Nothing remains of a file that is not accepted. */
  private async orDiscard<T>(file: IngestedFile, accept: () => Promise<T>): Promise<T> {
    try {
      return await accept();
    } catch (error) {
      await this.ingest.discardRefused(file, error);
      throw error;
    }
  }

  private async createJob(
    actor: KnownActor,
    media: MediaFileView,
    { tracks }: MediaInfo,
    options: TranscriptionOptions,
    batchId: string | null = null,
  ): Promise<JobView> {
    const { id: mediaFileId, originalFilename } = media;
    const { durationSeconds } = chooseSound(tracks, options);
    const job = { ...options, mediaFileId, batchId, originalFilename, durationSeconds };
    const created = await this.jobs.create(actor.principal, job);
    await this.audit.record(actor, 'job.created', created.id, {
      media_file_id: mediaFileId,
      model: options.model,
    });
    return created;
  }
}

/** @throws AppError track_unknown, unsupported_media, too_many_channels */
function chooseSound(tracks: MediaInfo['tracks'], { track, decoding }: TranscriptionOptions): AudioTrack {
  const chosen = chooseTrack(tracks, track);
  if (decoding.channels === 'separate') assertSeparable(chosen.channels);
  return chosen;
}

/** @throws AppError task_unsupported */
function assertCanDo({ name, languages }: ReadyModel, task: Task): void {
  if (task === 'translate' && languages.length === 0)
    throw new AppError('task_unsupported', `The model "${name}" knows English only and cannot translate.`);
}

function definedOf(order: TranscriptionOrder): TranscriptionOrder {
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
}
