import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A recording that was accepted; it never changes. */
@Entity({ tableName: 'media_files' })
export class MediaFile {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'text' })
  originalFilename!: string;

  @Property({ type: 'text' })
  blobKey!: string;

  @Property({ type: 'string' })
  sha256!: string;

  @Property({ type: new BigIntType('number') })
  sizeBytes!: number;

  @Property({ type: 'text' })
  container!: string;

  @Property({ type: 'text' })
  codec!: string;

  @Property({ type: 'double', nullable: true })
  durationSeconds!: number | null;

  @Property({ type: 'integer' })
  sampleRate!: number;

  @Property({ type: 'integer' })
  channels!: number;

  @Property({ type: 'datetime' })
  createdAt!: Date;
}
