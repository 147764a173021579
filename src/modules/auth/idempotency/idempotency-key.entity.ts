import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A key that a client gave to a request, and what became of the request. Neither the key nor the answer can be read from it. */
@Entity({ tableName: 'idempotency_keys' })
export class IdempotencyKey {
  /** Of the user and their key, under the secret of the service; hex. */
  @PrimaryKey({ type: 'text' })
  keyHash!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** Of what was asked, under a secret of the key; null until something was created or answered. */
  @Property({ type: 'text', nullable: true })
  fingerprint!: string | null;

  /** What the request has created, written in the same transaction: whoever repeats it gets this. */
  @Property({ type: 'uuid', nullable: true })
  createdId!: string | null;

  /** Sealed; null while the request runs, and where there was no answer to keep. */
  @Property({ type: 'blob', nullable: true })
  answer!: Uint8Array | null;

  /** Held by the process that answers the request. */
  @Property({ type: 'uuid' })
  leaseToken!: string;

  @Property({ type: 'datetime' })
  leaseExpiresAt!: Date;

  @Property({ type: 'datetime' })
  createdAt!: Date;
}
