import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { RefusedItem } from './batch.view.js';

/** Jobs that were ordered together. */
@Entity({ tableName: 'job_batches' })
export class JobBatch {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'text', nullable: true })
  name!: string | null;

  /** What there is no job for. */
  @Property({ type: 'json', columnType: 'jsonb' })
  refused!: readonly RefusedItem[];

  /** In the order in which recordings were named; null: there is none. Those that were deleted meanwhile are still here. */
  @Property({ type: 'json', columnType: 'jsonb' })
  jobIds!: readonly (string | null)[];

  @Property({ type: 'datetime' })
  createdAt!: Date;
}
