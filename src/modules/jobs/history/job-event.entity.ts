import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { JobStatus } from '../job.machine.js';

/** One change of a job's status, written by the statement that changes it. What is not relayed yet is the outbox of the jobs. */
@Entity({ tableName: 'job_events' })
export class JobEvent {
  @PrimaryKey({ type: new BigIntType('number'), autoincrement: true })
  id!: number;

  @Property({ type: 'uuid' })
  jobId!: string;

  @Property({ type: 'datetime' })
  occurredAt!: Date;

  @Property({ type: 'text', nullable: true })
  fromStatus!: JobStatus | null;

  @Property({ type: 'text' })
  toStatus!: JobStatus;

  @Property({ type: 'text' })
  reason!: string;

  @Property({ type: 'integer' })
  attempt!: number;

  @Property({ type: 'uuid', nullable: true })
  workerId!: string | null;

  /** That wrote it; of two events the later one may have the lower id. */
  @Property({ type: 'string', columnType: 'xid8' })
  transactionId!: string;

  @Property({ type: 'datetime', nullable: true })
  relayedAt!: Date | null;
}
