import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { DiarizerState } from '../engine/diarizer.port.js';
import type { EngineState } from '../engine/transcriber.port.js';

/** Where the transcript of a job stands that is not finished. */
@Entity({ tableName: 'transcript_drafts' })
export class TranscriptDraft {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  /** Another one each time that the transcript is begun anew. */
  @Property({ type: new BigIntType('number') })
  id!: number;

  /** All that its text depends on: another draft with the same may be gone on with. */
  @Property({ type: 'text' })
  madeWith!: string;

  @Property({ type: 'text', nullable: true })
  language!: string | null;

  /** Seconds of the recording that are finished. */
  @Property({ type: 'double' })
  position!: number;

  @Property({ type: 'json', columnType: 'jsonb' })
  engineState!: EngineState;

  @Property({ type: 'json', columnType: 'jsonb', nullable: true })
  diarizerState!: DiarizerState | null;

  @Property({ type: 'integer' })
  pieces!: number;

  @Property({ type: 'datetime' })
  updatedAt!: Date;
}
