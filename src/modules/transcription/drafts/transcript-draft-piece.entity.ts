import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';

/** Text that was finished at one time. */
@Entity({ tableName: 'transcript_draft_pieces' })
export class TranscriptDraftPiece {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @PrimaryKey({ type: 'integer' })
  number!: number;

  @Property({ type: 'json', columnType: 'jsonb' })
  segments!: readonly TranscriptSegment[];

  /** How many segments there are up to its end. */
  @Property({ type: 'integer' })
  segmentsUntil!: number;
}
