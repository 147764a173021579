import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { KnownActor } from '../../auth/access/actor.view.js';
import type { UploadDoor, UploadOptions, UploadStatus } from './upload-session.view.js';

/** A file that comes in several requests. The row is the truth about it, its parts are rows too. */
@Entity({ tableName: 'upload_sessions' })
export class UploadSession {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  /** Through which it comes; each door speaks of its own sessions only. */
  @Property({ type: 'text' })
  door!: UploadDoor;

  @Property({ type: 'text' })
  status!: UploadStatus;

  @Property({ type: 'text' })
  originalFilename!: string;

  /** As announced; null while the client does not know it. */
  @Property({ type: new BigIntType('number'), nullable: true })
  sizeBytes!: number | null;

  /** Of the parts that are stored. */
  @Property({ type: new BigIntType('number') })
  receivedBytes!: number;

  /** Of a part that is on its way, every now and then. */
  @Property({ type: new BigIntType('number') })
  arrivingBytes!: number;

  /** Of every chunk but the last; null where parts come in order and in any size. */
  @Property({ type: 'integer', nullable: true })
  chunkBytes!: number | null;

  /** As announced, hex; of a completed one as it is. */
  @Property({ type: 'string', nullable: true })
  sha256!: string | null;

  @Property({ type: 'json' })
  options!: UploadOptions;

  /** What a tus client wants to read again, as it sent it. */
  @Property({ type: 'text', nullable: true })
  metadata!: string | null;

  /** `partial` for one that is only a piece of another, `final;` and addresses for one that was made of such; as tus has it. */
  @Property({ type: 'text', nullable: true })
  concat!: string | null;

  /** The sessions that this one was made of, in order. */
  @Property({ type: 'json', columnType: 'jsonb', nullable: true })
  pieces!: readonly string[] | null;

  /** Who began it: the service may have to finish it on their behalf. */
  @Property({ type: 'json' })
  actor!: KnownActor;

  @Property({ type: 'uuid', nullable: true })
  mediaFileId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  jobId!: string | null;

  @Property({ type: 'text', nullable: true })
  errorCode!: string | null;

  @Property({ type: 'text', nullable: true })
  errorDetail!: string | null;

  /** The code of what it was refused for when it was last tried to assemble it. */
  @Property({ type: 'text', nullable: true })
  waitingFor!: string | null;

  /** Held by the one request that appends or assembles; see UploadLeases. */
  @Property({ type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Property({ type: 'datetime', nullable: true })
  leaseExpiresAt!: Date | null;

  /** Another request waits for the lease: the holder is to stop as soon as nothing is lost by it. */
  @Property({ type: 'boolean' })
  leaseWanted!: boolean;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime' })
  updatedAt!: Date;

  @Property({ type: 'datetime' })
  expiresAt!: Date;
}
