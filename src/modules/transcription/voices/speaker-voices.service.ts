import { Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { MediaFilesService } from '../../uploads/media/media-files.service.js';
import type { RecordingPart } from '../engine/diarizer.port.js';
import { VoiceSamplesService } from '../speakers/voice-samples.service.js';
import { TranscriptsService } from '../transcripts/transcripts.service.js';

const RULES = { field: 'speaker', leastSeconds: 2, mostSeconds: Infinity };

/** The voices of those who speak in recordings that were transcribed. */
@Injectable()
export class SpeakerVoicesService {
  constructor(
    private readonly jobs: JobsService,
    private readonly transcripts: TranscriptsService,
    private readonly media: MediaFilesService,
    private readonly samples: VoiceSamplesService,
  ) {}

  /**
   * The embedding of the voice in what a speaker says alone.
   *
   * @throws AppError job_not_found, transcript_not_ready, transcript_unavailable, media_not_found, validation_failed; the reason of `signal`
   *   when that trips
   */
  async hear(
    principal: Principal,
    jobId: string,
    speaker: string,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const { segments } = await this.transcripts.get(principal, jobId);
    const own = segments.filter((segment) => segment.speaker === speaker && segment.overlap !== true);
    const [first] = own;
    if (first === undefined)
      throw validationFailed([
        { field: 'speaker', message: 'is nobody who speaks alone in this transcript' },
      ]);
    const { mediaFileId, track } = await this.jobs.get(principal, jobId);
    if (mediaFileId === null) throw new AppError('media_not_found', 'The recording of this job was deleted.');
    // Each channel has its own sound: that of the first is as good as any.
    const spans = own.filter(({ channel }) => channel === first.channel);
    const part: RecordingPart = { track, channel: first.channel ?? null, spans };
    const recording = await this.media.openLocal(mediaFileId, signal);
    try {
      return await this.samples.hearPart(principal.userId, recording.path, part, RULES, signal);
    } finally {
      await recording.release();
    }
  }
}
