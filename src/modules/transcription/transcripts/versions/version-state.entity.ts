import { Entity, Property } from '@mikro-orm/decorators/legacy';
import type { Speakers, TranscriptSegment } from '../transcript.view.js';
import type { VersionKind } from './transcript-version.view.js';

/** What a version is, as the newest one, which is the transcript itself, and as one that another has taken the place of. */
@Entity({ abstract: true })
export abstract class VersionState {
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

  @Property({ type: 'text' })
  text!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  segments!: readonly TranscriptSegment[];

  @Property({ type: 'json', columnType: 'jsonb' })
  speakers!: Speakers;
}
