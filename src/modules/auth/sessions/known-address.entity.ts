import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** An address that a user has signed in from; which one, only who has SECRET_KEY can try out. */
@Entity({ tableName: 'known_addresses' })
export class KnownAddress {
  @PrimaryKey({ type: 'uuid' })
  userId!: string;

  @PrimaryKey({ type: 'string' })
  addressHash!: string;

  @Property({ type: 'datetime' })
  signedInAt!: Date;
}
