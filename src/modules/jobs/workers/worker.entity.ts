import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { WantedState, WorkerReport, WorkerState } from './worker.view.js';

/** A process that works on jobs, for as long as it does. */
@Entity({ tableName: 'workers' })
export class Worker implements WorkerReport {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  version!: string;

  @Property({ type: 'text' })
  driver!: WorkerReport['driver'];

  @Property({ type: 'integer' })
  concurrency!: number;

  @Property({ type: 'text' })
  state!: WorkerState;

  @Property({ type: 'text' })
  wantedState!: WantedState;

  @Property({ type: 'text', nullable: true })
  model!: string | null;

  @Property({ type: new BigIntType('number'), nullable: true })
  memoryBytes!: number | null;

  @Property({ type: 'datetime' })
  startedAt!: Date;

  @Property({ type: 'datetime' })
  seenAt!: Date;
}
