import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { JobTextPiece, JobTextPosition } from '../../jobs/job-text.view.js';
import { Transcript } from './transcript.entity.js';
import type { TranscriptSegment } from './transcript.view.js';

/** Segments that are given at once, so that hours of speech are not in memory for each reader. */
const PIECE_SEGMENTS = 200;

@Injectable()
export class TranscriptsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(transcript: Transcript): Promise<void> {
    await this.em.insert(Transcript, transcript);
  }

  async deleteOf(jobIds: readonly string[]): Promise<void> {
    await this.em.nativeDelete(Transcript, { jobId: { $in: [...jobIds] } });
  }

  find(jobId: string): Promise<Transcript | null> {
    return this.em.findOne(Transcript, { jobId }, { disableIdentityMap: true });
  }

  async findText(jobId: string): Promise<string | null> {
    const found = await this.em.findOne(
      Transcript,
      { jobId },
      { fields: ['text'], disableIdentityMap: true },
    );
    return found?.text ?? null;
  }

  /** The segments after these, if there are any. Those of another draft are told from the beginning. */
  async findPieceAfter(jobId: string, position: JobTextPosition): Promise<JobTextPiece | null> {
    const { version } = position;
    const [row] = await this.em.execute<{ version: string; from: number; segments: TranscriptSegment[] }[]>(
      `with found as (
         select coalesce(draft_id, 0) as version, segments, case when coalesce(draft_id, 0) = ? then ? else 0 end as first
         from transcripts where job_id = ?
       )
       select version, first as "from",
         jsonb_path_query_array(segments, '$[$first to $last]', jsonb_build_object('first', first, 'last', first + ?)) as segments
       from found where first < jsonb_array_length(segments)`,
      [version, position.segments, jobId, PIECE_SEGMENTS - 1],
    );
    return row === undefined ? null : { ...row, version: Number(row.version) };
  }
}
