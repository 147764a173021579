import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A setting whose value was changed while the service ran. */
@Entity({ tableName: 'changed_settings' })
export class ChangedSetting {
  @PrimaryKey({ type: 'text' })
  name!: string;

  /** As it is written in the environment. */
  @Property({ type: 'text' })
  value!: string;

  /** Null: the user is gone. */
  @Property({ type: 'uuid', nullable: true })
  changedBy!: string | null;

  @Property({ type: 'datetime' })
  changedAt!: Date;
}
