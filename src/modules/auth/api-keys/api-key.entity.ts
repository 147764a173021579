import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Scope } from '../access/scopes.policy.js';

/** A secret of one user for programs. The key itself is nowhere: it is shown once, and known by its hash. */
@Entity({ tableName: 'api_keys' })
export class ApiKey {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  @Property({ type: 'text' })
  name!: string;

  /** The beginning of the key, to tell one's keys apart. */
  @Property({ type: 'text' })
  prefix!: string;

  /** SHA-256 in hex: the key has 256 random bits, so that a slow hash would add nothing. */
  @Property({ type: 'string' })
  keyHash!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  scopes!: readonly Scope[];

  @Property({ type: 'datetime', nullable: true })
  expiresAt!: Date | null;

  @Property({ type: 'datetime', nullable: true })
  lastUsedAt!: Date | null;

  @Property({ type: 'datetime' })
  createdAt!: Date;
}
