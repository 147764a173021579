import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { KeptDays } from '../../../../platform/config/media-retention.js';

/** What a user has chosen; the setting of the service may be shorter. */
@Entity({ tableName: 'media_retention' })
export class MediaRetention {
  @PrimaryKey({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'integer', nullable: true })
  keptDays!: KeptDays;
}
