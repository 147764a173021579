import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { assertCompleted } from '../finished-job.js';
import type { Transcript } from '../transcript.entity.js';
import { TranscriptsRepository } from '../transcripts.repository.js';
import { countWords } from './count-words.js';
import type { VersionPage, VersionSummary, VersionView } from './transcript-version.view.js';
import { TranscriptVersionsRepository, type VersionSummaryRow } from './transcript-versions.repository.js';

/** Reads what transcripts were. */
@Injectable()
export class TranscriptVersionsService {
  constructor(
    private readonly repository: TranscriptVersionsRepository,
    private readonly transcripts: TranscriptsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Newest first.
   *
   * @param before the number at which the page before ended; null: the first page
   * @throws AppError job_not_found, transcript_not_ready, transcript_unavailable
   */
  async list(
    principal: Principal,
    jobId: string,
    before: number | null,
    limit: number,
  ): Promise<VersionPage> {
    return this.unitOfWork.run(async () => {
      const transcript = await this.findTranscript(principal, jobId);
      const current = before === null || before > transcript.version ? [toCurrentVersion(transcript)] : [];
      const earlier = await this.repository.listNewestFirst(
        transcript.jobId,
        before ?? transcript.version,
        limit + 1 - current.length,
      );
      const found = [...current, ...earlier.map(toVersionSummary)];
      const versions = found.slice(0, limit);
      return { versions, nextCursor: found.length > limit ? (versions.at(-1)?.number ?? null) : null };
    });
  }

  /** @throws AppError transcript_version_not_found, job_not_found, transcript_not_ready, transcript_unavailable */
  async get(principal: Principal, jobId: string, number: number): Promise<VersionView> {
    return this.unitOfWork.run(async () => this.find(await this.findTranscript(principal, jobId), number));
  }

  /**
   * A version of a transcript that is known, in the transaction that is open.
   *
   * @throws AppError transcript_version_not_found
   */
  async find(transcript: Transcript, number: number): Promise<VersionView> {
    if (number === transcript.version) return toCurrentVersion(transcript);
    const version = await this.repository.find(transcript.jobId, number);
    if (version === null)
      throw new AppError('transcript_version_not_found', `The transcript has no version ${number}.`);
    const { text, segments, speakers } = version;
    return { ...toVersionSummary(version), text, segments, speakers };
  }

  private async findTranscript(principal: Principal, jobId: string): Promise<Transcript> {
    const job = await this.jobs.get(principal, jobId);
    assertCompleted(job);
    const transcript = await this.transcripts.find(job.id);
    if (transcript === null) throw new Error('A completed job has no transcript');
    return transcript;
  }
}

function toCurrentVersion({ version: number, ...transcript }: Transcript): VersionView {
  const { text, segments, speakers } = transcript;
  const counts = { segmentCount: segments.length, wordCount: countWords(text) };
  return { ...toVersionSummary({ ...transcript, ...counts, number }), text, segments, speakers };
}

function toVersionSummary({
  number,
  kind,
  authorId,
  authorName,
  restoredFrom,
  beganAt,
  savedAt,
  segmentCount,
  wordCount,
}: VersionSummaryRow): VersionSummary {
  const author = authorId === null ? null : { id: authorId, name: authorName ?? '' };
  return { number, kind, author, restoredFrom, beganAt, savedAt, segmentCount, wordCount };
}
