import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A blob that no row names any more. It is to be deleted, by whoever comes first: the request or the collector. */
@Entity({ tableName: 'discarded_blobs' })
export class DiscardedBlob {
  @PrimaryKey({ type: 'text' })
  blobKey!: string;

  @Property({ type: 'datetime' })
  discardedAt!: Date;
}
