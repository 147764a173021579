import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GatheredReads } from '../../../platform/database/gathered-reads.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Clock } from '../../../platform/runtime/clock.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { writtenLanguage } from '../../jobs/decoding-options.view.js';
import { JobResultRegistry } from '../../jobs/job-result.registry.js';
import type { JobTextPiece, LaterText } from '../../jobs/job-text.view.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { DraftsRepository } from '../drafts/drafts.repository.js';
import type { TranscriptFormatName } from '../exports/transcript-formats.js';
import { assertCompleted } from './finished-job.js';
import { joinSegments } from './join-segments.js';
import { whereText } from './text-condition.js';
import { toTranscriptView } from './to-transcript-view.js';
import type { HeardTranscript, PartialTranscriptView, TranscriptView } from './transcript.view.js';
import { TranscriptsRepository } from './transcripts.repository.js';

@Injectable()
export class TranscriptsService implements OnModuleInit {
  private readonly laterTexts: GatheredReads<LaterText, JobTextPiece | null>;
  private readonly texts: GatheredReads<string, string | null>;

  constructor(
    private readonly repository: TranscriptsRepository,
    private readonly drafts: DraftsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobsService,
    private readonly results: JobResultRegistry,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {
    this.laterTexts = new GatheredReads(unitOfWork, (wanted) => this.findLaterTexts(wanted));
    this.texts = new GatheredReads(unitOfWork, (jobIds) => repository.findTexts(jobIds));
  }

  onModuleInit(): void {
    this.results.register({
      findText: (jobId) => this.texts.ask(jobId),
      deleteOf: (jobIds) => this.repository.deleteOf(jobIds),
      findTextAfter: (wanted) => this.laterTexts.ask(wanted),
      whereText,
    });
  }

  /**
   * Writes the result into the transaction that is open.
   *
   * @param draftId the draft that it was; null: there was none
   * @param writtenIn the language of the text, which of a translation is not that of the speech
   */
  async save(
    result: HeardTranscript,
    { draftId, writtenIn }: { readonly draftId: number | null; readonly writtenIn: string | null },
  ): Promise<void> {
    const { duration, ...rest } = result;
    const text = joinSegments(result.segments, writtenIn);
    const now = this.clock.now();
    await this.repository.insert({
      ...rest,
      text,
      writtenIn,
      durationSeconds: duration,
      draftId,
      createdAt: now,
      version: 1,
      revision: 1,
      kind: 'transcribed',
      authorId: null,
      authorName: null,
      restoredFrom: null,
      beganAt: now,
      savedAt: now,
    });
  }

  /** Deletes in the transaction that is open. */
  deleteOf(jobIds: readonly string[]): Promise<void> {
    return this.repository.deleteOf(jobIds);
  }

  /** @throws AppError job_not_found, transcript_not_ready, transcript_unavailable */
  async get(principal: Principal, jobId: string): Promise<TranscriptView> {
    const job = await this.jobs.get(principal, jobId);
    assertCompleted(job);
    const transcript = await this.unitOfWork.read(() => this.repository.find(job.id));
    if (transcript === null) throw new Error('A completed job has no transcript');
    return toTranscriptView(transcript);
  }

  /**
   * What there is of the transcript, at whatever the job is.
   *
   * @throws AppError job_not_found
   */
  async getPartial(principal: Principal, jobId: string): Promise<PartialTranscriptView> {
    const job = await this.jobs.get(principal, jobId);
    return this.unitOfWork.run(async () => {
      const transcript = await this.repository.find(job.id);
      if (transcript !== null) {
        const { language, durationSeconds: position, text, segments } = transcript;
        return { jobId: job.id, complete: true, language, position, text, segments };
      }
      const draft = await this.drafts.find(job.id, null);
      const segments = await this.drafts.listSegments(job.id);
      const { language = null, position = 0 } = draft ?? {};
      const text = joinSegments(segments, writtenLanguage(job.decoding, language));
      return { jobId: job.id, complete: false, language, position, text, segments };
    });
  }

  /** The code of what is spoken in a job, as far as it is known by now. */
  async findLanguage(jobId: string): Promise<string | null> {
    return this.unitOfWork.read(
      async () =>
        (await this.drafts.find(jobId, null))?.language ??
        (await this.repository.find(jobId))?.language ??
        null,
    );
  }

  /**
   * The transcript, to be carried away as a file of this format.
   *
   * @throws AppError job_not_found, transcript_not_ready, transcript_unavailable
   */
  async export(actor: KnownActor, jobId: string, format: TranscriptFormatName): Promise<TranscriptView> {
    const transcript = await this.get(actor.principal, jobId);
    await this.audit.recordAlone(actor, 'transcript.exported', transcript.jobId, { format });
    return transcript;
  }

  /** The draft first: what is in none any more is a transcript by then. */
  private async findLaterTexts(wanted: readonly LaterText[]): Promise<(JobTextPiece | null)[]> {
    const ofDrafts = await this.drafts.findLaterPieces(wanted);
    const others = wanted.filter((_, place) => ofDrafts[place] === null);
    if (others.length === 0) return ofDrafts;
    const rest = (await this.repository.findLaterPieces(others)).values();
    return ofDrafts.map((piece) => piece ?? rest.next().value ?? null);
  }
}
