import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** What one user has had transcribed on one day (UTC). */
@Entity({ tableName: 'usage_days' })
export class UsageDay {
  @PrimaryKey({ type: 'uuid' })
  ownerId!: string;

  @PrimaryKey({ type: 'date' })
  day!: string;

  /** A day is the sum of its slots. */
  @PrimaryKey({ type: 'integer' })
  slot!: number;

  @Property({ type: 'double' })
  audioSeconds!: number;
}
