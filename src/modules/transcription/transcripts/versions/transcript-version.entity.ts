import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Speakers, TranscriptSegment } from '../transcript.view.js';
import type { VersionKind } from './transcript-version.view.js';

/** A version that another one has taken the place of. */
@Entity({ tableName: 'transcript_versions' })
export class TranscriptVersion {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @PrimaryKey({ type: 'integer' })
  number!: number;

  @Property({ type: 'text' })
  kind!: VersionKind;

  @Property({ type: 'uuid', nullable: true })
  authorId!: string | null;

  @Property({ type: 'text', nullable: true })
  authorName!: string | null;

  @Property({ type: 'integer', nullable: true })
  restoredFrom!: number | null;

  @Property({ type: 'datetime' })
  beganAt!: Date;

  @Property({ type: 'datetime' })
  savedAt!: Date;

  @Property({ type: 'integer' })
  segmentCount!: number;

  @Property({ type: 'integer' })
  wordCount!: number;

  @Property({ type: 'text' })
  text!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  segments!: readonly TranscriptSegment[];

  @Property({ type: 'json', columnType: 'jsonb' })
  speakers!: Speakers;
}
