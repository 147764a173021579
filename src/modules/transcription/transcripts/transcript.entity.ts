import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { TranscriptSegment } from './transcript.view.js';

/** What a job resulted in. */
@Entity({ tableName: 'transcripts' })
export class Transcript {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @Property({ type: 'text' })
  model!: string;

  @Property({ type: 'text', nullable: true })
  language!: string | null;

  @Property({ type: 'double', nullable: true })
  languageProbability!: number | null;

  @Property({ type: 'double' })
  durationSeconds!: number;

  @Property({ type: 'text' })
  text!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  segments!: readonly TranscriptSegment[];

  @Property({ type: 'datetime' })
  createdAt!: Date;

  /** The draft that it was, which readers of its text have the number of; null: there was none. */
  @Property({ type: new BigIntType('number'), nullable: true })
  draftId!: number | null;
}
