import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Role } from '../access/scopes.policy.js';

/** Somebody who may own recordings. */
@Entity({ tableName: 'users' })
export class User {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** In small letters, but for those from before that was a rule; compared without case. */
  @Property({ type: 'text' })
  username!: string;

  /** Argon2id; null: nobody can sign in. */
  @Property({ type: 'text', nullable: true })
  passwordHash!: string | null;

  @Property({ type: 'text' })
  role!: Role;

  /** The password was given by somebody else: until it is changed it is good for nothing but that. */
  @Property({ type: 'boolean' })
  mustChangePassword!: boolean;

  /** When that password was used: it is good for one sign-in. */
  @Property({ type: 'datetime', nullable: true })
  oneTimeUsedAt!: Date | null;

  /** Null: as the settings say; zero: no limit. So are the other two. */
  @Property({ type: 'integer', nullable: true })
  maxActiveJobs!: number | null;

  @Property({ type: 'integer', nullable: true })
  maxAudioMinutesPerDay!: number | null;

  @Property({ type: 'integer', nullable: true })
  storageQuotaMb!: number | null;

  @Property({ type: 'datetime', nullable: true })
  lastSignInAt!: Date | null;

  @Property({ type: 'datetime', nullable: true })
  disabledAt!: Date | null;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime' })
  updatedAt!: Date;
}
