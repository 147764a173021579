import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { rowsOfEach, writePlaced, type PlacedRow } from '../../../platform/database/placed-questions.js';
import { findOnePlain } from '../../../platform/database/plain-rows.js';
import type { JobTextPiece, LaterText } from '../../jobs/job-text.view.js';
import { Transcript } from './transcript.entity.js';
import type { TranscriptSegment } from './transcript.view.js';

/** Segments that are given at once, so that hours of speech are not in memory for each reader. */
const PIECE_SEGMENTS = 200;

interface PieceRow extends PlacedRow {
  readonly version: string;
  readonly from: number;
  readonly segments: TranscriptSegment[];
}

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
    return findOnePlain(this.em, Transcript, { sql: 'job_id = ?', values: [jobId] });
  }

  async findTexts(jobIds: readonly string[]): Promise<(string | null)[]> {
    const rows = await this.em.execute<{ jobId: string; text: string }[]>(
      `select job_id as "jobId", text from transcripts where job_id = any(string_to_array(?, ',')::uuid[])`,
      [jobIds.join(',')],
    );
    const texts = new Map(rows.map(({ jobId, text }) => [jobId, text]));
    return jobIds.map((jobId) => texts.get(jobId) ?? null);
  }

  /** The segments after these, if there are any. Those of another draft are told from the beginning. */
  async findLaterPieces(wanted: readonly LaterText[]): Promise<(JobTextPiece | null)[]> {
    const rows = await this.em.execute<PieceRow[]>(
      `with found as (
         select place, transcript.*
         from jsonb_to_recordset(?::jsonb) as wanted (place integer, "jobId" uuid, version bigint, segments integer),
         lateral (
           select coalesce(draft_id, 0) as version, transcripts.segments,
             case when coalesce(draft_id, 0) = wanted.version then wanted.segments else 0 end as first
           from transcripts where job_id = wanted."jobId" limit 1
         ) as transcript
       )
       select place, version, first as "from",
         jsonb_path_query_array(segments, '$[$first to $last]', jsonb_build_object('first', first, 'last', first + ?)) as segments
       from found where first < jsonb_array_length(segments)`,
      [writePlaced(wanted), PIECE_SEGMENTS - 1],
    );
    return rowsOfEach(wanted, rows).map(([row]) =>
      row === undefined ? null : { version: Number(row.version), from: row.from, segments: row.segments },
    );
  }
}
