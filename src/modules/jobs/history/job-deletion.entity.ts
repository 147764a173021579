import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';

/** That a job was deleted, for streams that had told of it. Its events went with it. */
@Entity({ tableName: 'job_deletions' })
export class JobDeletion {
  /** From the same row of numbers as those of events. */
  @PrimaryKey({ type: new BigIntType('number') })
  id!: number;

  @Property({ type: 'uuid' })
  jobId!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Property({ type: 'datetime' })
  occurredAt!: Date;

  @Property({ type: 'string', columnType: 'xid8' })
  transactionId!: string;
}
