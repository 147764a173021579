import { Injectable } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import { isErrorCode } from '../../../../platform/errors/error-codes.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { writtenLanguage } from '../../../jobs/decoding-options.view.js';
import type { JobSegment, JobTextPiece } from '../../../jobs/job-text.view.js';
import type { JobView } from '../../../jobs/job.view.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { JobStreamsService } from '../../../jobs/streams/job-streams.service.js';
import { separatorIn } from '../../transcripts/join-segments.js';
import { TranscriptsService } from '../../transcripts/transcripts.service.js';
import type { FinishedTranscript } from './openai-transcript.js';
import type { ToldText } from './told-text.js';

const RETRY_AFTER_SECONDS = 5;

/** A segment, and what stands between it and the one before. */
export interface SpokenSegment {
  readonly segment: JobSegment;
  readonly separator: string;
}

/** What comes of a job, for those who wait for it. */
@Injectable()
export class OpenAiResultsService {
  constructor(
    private readonly jobs: JobsService,
    private readonly streams: JobStreamsService,
    private readonly transcripts: TranscriptsService,
  ) {}

  /**
   * Waits for the end.
   *
   * @param signal ends the wait
   * @throws AppError why there is no transcript; when the signal trips its reason if that is an AppError, else shutting_down
   */
  async finish(principal: Principal, jobId: string, signal: AbortSignal): Promise<FinishedTranscript> {
    const job = await this.jobs.waitForEnd(principal, jobId, Infinity, signal);
    assertCompleted(job, signal);
    return { job, transcript: await this.transcripts.get(principal, jobId) };
  }

  /**
   * The segments as they are finished. The text that was told is not taken back.
   *
   * @param signal ends it
   * @throws AppError why there is no transcript; when the signal trips its reason if that is an AppError, else shutting_down
   */
  async *follow(principal: Principal, jobId: string, signal: AbortSignal): AsyncGenerator<SpokenSegment> {
    const told: string[] = [];
    for await (const { piece, separator } of this.followPieces(principal, jobId, signal)) {
      for (const segment of newOf(piece, told)) {
        yield { segment, separator: told.length === 0 ? '' : separator };
        told.push(segment.text);
      }
    }
  }

  /**
   * The text alone as it is made, for jobs whose segments are cut anew at their end.
   *
   * @param told of which there is more with each part
   * @throws AppError as `follow`
   */
  async *followText(
    principal: Principal,
    jobId: string,
    told: ToldText,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    for await (const { piece, separator } of this.followPieces(principal, jobId, signal)) {
      const fresh = told.add(piece, separator);
      if (fresh !== '') yield fresh;
    }
  }

  /** Whether it is known at the end only who speaks: by their voices. */
  async areVoicesHeard(principal: Principal, jobId: string): Promise<boolean> {
    return (await this.jobs.get(principal, jobId)).decoding.diarize !== null;
  }

  private async *followPieces(
    principal: Principal,
    jobId: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly piece: JobTextPiece; readonly separator: string }> {
    const { decoding } = await this.jobs.get(principal, jobId);
    const news = (await this.streams.follow(principal, jobId, null, signal)) ?? [];
    let language: string | null = null;
    for await (const item of news) {
      if (item.kind === 'ended') {
        assertCompleted(item.job, signal);
        return;
      }
      if (item.kind === 'deleted') throw new AppError('job_not_found', 'The job was deleted.');
      if (item.kind !== 'segments') continue;
      language ??= await this.transcripts.findLanguage(jobId);
      yield { piece: item.piece, separator: separatorIn(writtenLanguage(decoding, language)) };
    }
    throw interruption(signal);
  }
}

/** A worker that was lost may begin the text anew, which comes out the same but for rare cases. */
function newOf({ from, segments }: JobTextPiece, told: readonly string[]): readonly JobSegment[] {
  const known = segments.slice(0, told.length - from);
  if (known.some(({ text }, index) => text !== told[from + index]))
    throw new AppError('transcription_failed', 'The text was begun anew and came out differently.');
  return segments.slice(known.length);
}

function assertCompleted({ status, error }: JobView, signal: AbortSignal): void {
  switch (status) {
    case 'completed':
      return;
    case 'failed': {
      const { code = '', detail = 'The reason is not known.' } = error ?? {};
      throw new AppError(isErrorCode(code) ? code : 'transcription_failed', detail, { isFinal: true });
    }
    case 'cancelled':
      throw new AppError('transcript_unavailable', 'The job was cancelled.', { isFinal: true });
    case 'queued':
    case 'processing':
      throw interruption(signal);
  }
}

function interruption({ reason }: AbortSignal): AppError {
  if (reason instanceof AppError) return reason;
  return new AppError(
    'shutting_down',
    'The service is stopping. Send the same again to get the transcript.',
    {
      retryAfter: RETRY_AFTER_SECONDS,
    },
  );
}
