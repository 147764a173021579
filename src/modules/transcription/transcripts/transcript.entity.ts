import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { DiarizationView } from '../speakers/diarization.view.js';
import { VersionState } from './versions/version-state.entity.js';

/** What a job resulted in. */
@Entity({ tableName: 'transcripts' })
export class Transcript extends VersionState {
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

  @Property({ type: 'json', columnType: 'jsonb', nullable: true })
  diarization!: DiarizationView | null;

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
