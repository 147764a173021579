import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { rowsOfEach, writePlaced, type PlacedRow } from '../../../platform/database/placed-questions.js';
import type { JobTextPiece, LaterText } from '../../jobs/job-text.view.js';
import type { DiarizerState } from '../engine/diarizer.port.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import type { DraftPiece, DraftView } from './draft.view.js';

interface PieceRow extends PlacedRow {
  readonly version: string;
  readonly segments: TranscriptSegment[];
  readonly until: number;
}

@Injectable()
export class DraftsRepository {
  constructor(private readonly em: EntityManager) {}

  /** @param madeWith null: whatever it was made with */
  async find(jobId: string, madeWith: string | null): Promise<DraftView | null> {
    const [row] = await this.em.execute<DraftView[]>(
      `select language, position, engine_state as "engineState",
         diarizer_state as "diarizerState", pieces from transcript_drafts
       where job_id = ? and made_with = coalesce(?, made_with)`,
      [jobId, madeWith],
    );
    return row ?? null;
  }

  /** In the order of time. */
  async listSegments(jobId: string): Promise<TranscriptSegment[]> {
    const rows = await this.em.execute<{ segments: TranscriptSegment[] }[]>(
      'select segments from transcript_draft_pieces where job_id = ? order by number',
      [jobId],
    );
    return rows.flatMap(({ segments }) => segments);
  }

  async save(
    jobId: string,
    madeWith: string,
    number: number,
    { language, position, engineState, segments }: DraftPiece,
  ): Promise<void> {
    await this.em.execute(
      `insert into transcript_drafts (job_id, made_with, language, position, engine_state, pieces) values (?, ?, ?, ?, ?, ?)
       on conflict (job_id) do update set language = excluded.language, position = excluded.position,
         engine_state = excluded.engine_state, pieces = excluded.pieces, updated_at = now()`,
      [jobId, madeWith, language, position, JSON.stringify(engineState), number + 1],
    );
    await this.em.execute(
      `insert into transcript_draft_pieces (job_id, number, segments, segments_until)
       values (?, ?, ?, ? + coalesce((select segments_until from transcript_draft_pieces where job_id = ? and number = ?), 0))
       on conflict (job_id, number) do update set segments = excluded.segments, segments_until = excluded.segments_until`,
      [jobId, number, JSON.stringify(segments), segments.length, jobId, number - 1],
    );
  }

  async saveDiarizer(jobId: string, state: DiarizerState): Promise<void> {
    await this.em.execute(
      'update transcript_drafts set diarizer_state = ?, updated_at = now() where job_id = ?',
      [JSON.stringify(state), jobId],
    );
  }

  /** The piece that has the segment after these, if there is one. A draft that was begun anew is told from its beginning. */
  async findLaterPieces(wanted: readonly LaterText[]): Promise<(JobTextPiece | null)[]> {
    const rows = await this.em.execute<PieceRow[]>(
      `select place, piece.*
       from jsonb_to_recordset(?::jsonb) as wanted (place integer, "jobId" uuid, version bigint, segments integer),
       lateral (
         select draft.id as version, piece.segments, piece.segments_until as until from transcript_drafts as draft
         join transcript_draft_pieces as piece on piece.job_id = draft.job_id
           and piece.segments_until > case when draft.id = wanted.version then wanted.segments else 0 end
         where draft.job_id = wanted."jobId" order by piece.number limit 1
       ) as piece`,
      [writePlaced(wanted)],
    );
    const pieces = rowsOfEach(wanted, rows);
    return wanted.map((position, place) => {
      const [row] = pieces[place] ?? [];
      return row === undefined ? null : pieceAfter(position, row);
    });
  }

  /** @returns the number of the draft that was there; null: there was none */
  async delete(jobId: string): Promise<number | null> {
    const [row] = await this.em.execute<{ id: string }[]>(
      'delete from transcript_drafts where job_id = ? returning id',
      [jobId],
    );
    return row === undefined ? null : Number(row.id);
  }
}

function pieceAfter({ version, segments: known }: LaterText, row: PieceRow): JobTextPiece {
  const found = Number(row.version);
  const from = found === version ? known : 0;
  const begin = row.until - row.segments.length;
  return { version: found, from, segments: row.segments.slice(from - begin) };
}
