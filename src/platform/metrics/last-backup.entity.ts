import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** When what a restore would bring back was saved last. There is one, or none. */
@Entity({ tableName: 'last_backup' })
export class LastBackup {
  @PrimaryKey({ type: 'boolean' })
  isOnly!: boolean;

  @Property({ type: 'datetime' })
  madeAt!: Date;
}
