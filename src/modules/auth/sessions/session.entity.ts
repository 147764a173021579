import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** One sign-in of a user and all the tokens that came of it: the family that ends as a whole. */
@Entity({ tableName: 'sessions' })
export class Session {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** What the browser or program calls itself, to tell one's sessions apart. */
  @Property({ type: 'text' })
  userAgent!: string;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime' })
  lastUsedAt!: Date;

  @Property({ type: 'datetime' })
  expiresAt!: Date;
}
