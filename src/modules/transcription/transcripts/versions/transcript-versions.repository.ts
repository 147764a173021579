import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Transcript } from '../transcript.entity.js';
import { TranscriptVersion } from './transcript-version.entity.js';

/** What there is of a version but its content. */
const SUMMARY = [
  'number',
  'kind',
  'authorId',
  'authorName',
  'restoredFrom',
  'beganAt',
  'savedAt',
  'segmentCount',
  'wordCount',
] as const;

export type VersionSummaryRow = Pick<TranscriptVersion, (typeof SUMMARY)[number]>;

/** What the engine heard. */
const FIRST_VERSION = 1;

/** What a save may replace. */
export type TranscriptState = Omit<
  Transcript,
  | 'jobId'
  | 'model'
  | 'language'
  | 'writtenIn'
  | 'languageProbability'
  | 'durationSeconds'
  | 'diarization'
  | 'createdAt'
  | 'draftId'
>;

@Injectable()
export class TranscriptVersionsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Whoever wants to change it meanwhile waits for the transaction that is open. */
  lock(jobId: string): Promise<Transcript | null> {
    return this.em.findOne(
      Transcript,
      { jobId },
      { lockMode: LockMode.PESSIMISTIC_WRITE, disableIdentityMap: true },
    );
  }

  find(jobId: string, number: number): Promise<TranscriptVersion | null> {
    return this.em.findOne(TranscriptVersion, { jobId, number }, { disableIdentityMap: true });
  }

  listNewestFirst(jobId: string, before: number, limit: number): Promise<VersionSummaryRow[]> {
    return this.em.find(
      TranscriptVersion,
      { jobId, number: { $lt: before } },
      { fields: SUMMARY, orderBy: { number: 'desc' }, limit, disableIdentityMap: true },
    );
  }

  /** Keeps the transcript as it is beside what comes. */
  async keep(jobId: string, counts: Pick<TranscriptVersion, 'segmentCount' | 'wordCount'>): Promise<void> {
    await this.em.execute(
      `insert into transcript_versions
         (job_id, number, kind, author_id, author_name, restored_from, began_at, saved_at, segment_count, word_count, text, segments, speakers)
       select job_id, version, kind, author_id, author_name, restored_from, began_at, saved_at, ?, ?, text, segments, speakers
       from transcripts where job_id = ?`,
      [counts.segmentCount, counts.wordCount, jobId],
    );
  }

  /** Deletes what is older than this number, but for what the engine heard. */
  async deleteOlderThan(jobId: string, number: number): Promise<void> {
    await this.em.nativeDelete(TranscriptVersion, { jobId, number: { $gt: FIRST_VERSION, $lt: number } });
  }

  /** With another number of the text, so that whoever reads it piece by piece begins anew. */
  async replace(jobId: string, state: TranscriptState): Promise<void> {
    await this.em.nativeUpdate(Transcript, { jobId }, state);
    await this.em.execute(
      `update transcripts set draft_id = nextval(pg_get_serial_sequence('transcript_drafts', 'id')) where job_id = ?`,
      [jobId],
    );
  }
}
