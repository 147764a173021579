import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A voice that a user has saved under a name, to have it told in recordings. Personal data of whoever speaks. */
@Entity({ tableName: 'voice_profiles' })
export class VoiceProfile {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  /** One of this owner, whatever its case. */
  @Property({ type: 'text' })
  name!: string;

  /** As the diarizer makes it; never leaves the service but in the owner's export. */
  @Property({ type: 'json', columnType: 'jsonb' })
  embedding!: readonly number[];

  @Property({ type: 'datetime' })
  createdAt!: Date;

  /** When a job last looked for it; null: none has. */
  @Property({ type: 'datetime', nullable: true })
  lastUsedAt!: Date | null;
}
