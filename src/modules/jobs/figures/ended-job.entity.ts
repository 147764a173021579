import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';

/** That a job completed or failed a short while ago; it stays when the job is deleted or retried, and tells nothing of whose it was. */
@Entity({ tableName: 'ended_jobs' })
export class EndedJob {
  @PrimaryKey({ type: new BigIntType('number') })
  id!: number;

  @Property({ type: 'datetime' })
  finishedAt!: Date;

  @Property({ type: 'text' })
  status!: 'completed' | 'failed';

  /** Of its recording. */
  @Property({ type: 'double' })
  audioSeconds!: number;

  /** From its first claim to its end. */
  @Property({ type: 'double' })
  workSeconds!: number;
}
