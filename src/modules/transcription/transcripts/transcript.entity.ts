import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { Speakers, TranscriptSegment } from './transcript.view.js';
import type { VersionKind } from './versions/transcript-version.view.js';

/** What a job resulted in. */
@Entity({ tableName: 'transcripts' })
export class Transcript {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @Property({ type: 'text' })
  model!: string;

  @Property({ type: 'text', nullable: true })
  language!: string | null;

  /** Of the text, which of a translation is not that of the speech. */
  @Property({ type: 'text', nullable: true })
  writtenIn!: string | null;

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

  /** Of which version the rest is; those before it are in rows of their own. */
  @Property({ type: 'integer' })
  version!: number;

  @Property({ type: 'integer' })
  revision!: number;

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

  @Property({ type: 'json', columnType: 'jsonb' })
  speakers!: Speakers;

  /** Kept up to date by the database, for searches only. */
  @Property({
    type: 'text',
    columnType: 'tsvector',
    generated: 'transcript_vector(transcript_config(written_in), text) stored',
    nullable: true,
    lazy: true,
  })
  search?: string | null;
}
