import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A piece of an upload, in a blob of its own. */
@Entity({ tableName: 'upload_parts' })
export class UploadPart {
  @PrimaryKey({ type: 'uuid' })
  sessionId!: string;

  /** Their order in the file, from 0; for chunks their index. */
  @PrimaryKey({ type: 'integer' })
  number!: number;

  @Property({ type: 'text' })
  blobKey!: string;

  /** Null while it is on its way. */
  @Property({ type: new BigIntType('number'), nullable: true })
  sizeBytes!: number | null;

  /** Hex; null too where the process died while it was received. */
  @Property({ type: 'string', nullable: true })
  sha256!: string | null;
}
