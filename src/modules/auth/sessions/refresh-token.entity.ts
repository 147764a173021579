import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A secret that buys the next tokens of a session, once. It stays as a row when it was used, so that a second use is noticed. */
@Entity({ tableName: 'refresh_tokens' })
export class RefreshToken {
  @PrimaryKey({ type: 'string' })
  tokenHash!: string;

  @Property({ type: 'uuid' })
  sessionId!: string;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime', nullable: true })
  usedAt!: Date | null;
}
