import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { VersionState } from './version-state.entity.js';

/** A version that another one has taken the place of. */
@Entity({ tableName: 'transcript_versions' })
export class TranscriptVersion extends VersionState {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @PrimaryKey({ type: 'integer' })
  number!: number;

  @Property({ type: 'integer' })
  segmentCount!: number;

  @Property({ type: 'integer' })
  wordCount!: number;
}
