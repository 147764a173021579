import { Inject, Injectable, Logger } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim } from '../../jobs/job.view.js';
import { MediaFilesService } from '../../uploads/media-files.service.js';
import {
  TRANSCRIBER,
  TranscriberLostError,
  type Transcriber,
  type TranscriptionEvent,
} from '../engine/transcriber.port.js';
import { ModelCatalogueService } from '../models/model-catalogue.service.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import { TranscriptsService } from '../transcripts/transcripts.service.js';
import { LeaseKeeper } from './lease-keeper.js';

type Finished = Extract<TranscriptionEvent, { type: 'finished' }>;

/** Works off one claimed job, from its recording to its transcript, and settles it whatever happens. */
@Injectable()
export class TranscriptionRunner {
  private readonly logger = new Logger(TranscriptionRunner.name);

  constructor(
    private readonly claims: ClaimsService,
    private readonly media: MediaFilesService,
    private readonly catalogue: ModelCatalogueService,
    private readonly transcripts: TranscriptsService,
    @Inject(TRANSCRIBER) private readonly transcriber: Transcriber,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** @param stopping trips when this worker stops: then the job goes back to the queue */
  async run(claim: JobClaim, stopping: AbortSignal): Promise<void> {
    this.logger.log('Job started', {
      job_id: claim.job.id,
      attempt: claim.job.attempts,
      model: claim.job.model,
    });
    const lease = new LeaseKeeper(claim, this.claims);
    const signal = AbortSignal.any([stopping, lease.lost]);
    try {
      await this.transcribe(claim, lease, signal);
    } catch (error) {
      if (lease.lost.aborted) return;
      if (stopping.aborted) await this.claims.release(claim);
      else await this.settleFailure(claim, error);
    } finally {
      lease.stop();
    }
  }

  private async transcribe(claim: JobClaim, lease: LeaseKeeper, signal: AbortSignal): Promise<void> {
    const { job } = claim;
    const recording = await this.media.openLocal(job.mediaFileId);
    try {
      const { dir: modelDir } = this.catalogue.resolve(job.model);
      const input = {
        path: recording.path,
        modelDir,
        language: job.language,
        maxAudioSeconds: this.config.uploads.maxAudioSeconds,
      };
      const segments: TranscriptSegment[] = [];
      for await (const event of this.transcriber.transcribe(input, signal)) {
        if (event.type === 'chunk') {
          segments.push(...event.segments);
          lease.noteProgress(event.position);
        } else {
          await this.complete(claim, segments, event);
        }
      }
    } finally {
      await recording.release();
    }
  }

  private async complete(
    claim: JobClaim,
    segments: readonly TranscriptSegment[],
    { language, languageProbability, duration }: Finished,
  ): Promise<void> {
    const { id: jobId, model } = claim.job;
    await this.claims.complete(claim, duration, () =>
      this.transcripts.save({ jobId, model, language, languageProbability, duration, segments }),
    );
  }

  private async settleFailure(claim: JobClaim, error: unknown): Promise<void> {
    if (error instanceof AppError && error.kind !== 'unavailable') {
      await this.claims.fail(claim, { code: error.code, detail: error.detail });
      return;
    }
    this.logger.error('An attempt at a job broke off', {
      job_id: claim.job.id,
      attempt: claim.job.attempts,
      err: error,
    });
    const detail =
      error instanceof TranscriberLostError
        ? 'The engine crashed on this recording again and again.'
        : 'The recording could not be transcribed.';
    await this.claims.retryOrFail(claim, { code: 'transcription_failed', detail });
  }
}
