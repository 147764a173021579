import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import type { DraftPiece, DraftView } from './draft.view.js';

@Injectable()
export class DraftsRepository {
  constructor(private readonly em: EntityManager) {}

  /** @param madeWith null: whatever it was made with */
  async find(jobId: string, madeWith: string | null): Promise<DraftView | null> {
    const [row] = await this.em.execute<DraftView[]>(
      `select language, position, engine_state as "engineState", pieces from transcript_drafts
       where job_id = ? and made_with = coalesce(?, made_with)`,
      [jobId, madeWith],
    );
    return row ?? null;
  }

  /** Segments of the pieces from this one on, in the order of time. */
  async listSegments(jobId: string, fromPiece = 0): Promise<TranscriptSegment[]> {
    const rows = await this.em.execute<{ segments: TranscriptSegment[] }[]>(
      'select segments from transcript_draft_pieces where job_id = ? and number >= ? order by number',
      [jobId, fromPiece],
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
      `insert into transcript_draft_pieces (job_id, number, segments) values (?, ?, ?)
       on conflict (job_id, number) do update set segments = excluded.segments`,
      [jobId, number, JSON.stringify(segments)],
    );
  }

  async delete(jobId: string): Promise<void> {
    await this.em.execute('delete from transcript_drafts where job_id = ?', [jobId]);
  }
}
