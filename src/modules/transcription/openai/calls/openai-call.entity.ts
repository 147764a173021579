import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A job that came through the OpenAI API, whose clients wait for it and repeat what they get no answer to. */
@Entity({ tableName: 'openai_calls' })
export class OpenAiCall {
  @PrimaryKey({ type: 'uuid' })
  jobId!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  /** By which a repeated call finds it; hex. */
  @Property({ type: 'text' })
  keyHash!: string;

  /** Of all that was asked; hex. */
  @Property({ type: 'text' })
  fingerprint!: string;

  /** Calls that wait for it. Those of a process that died are among them until `awaitedUntil`. */
  @Property({ type: 'integer' })
  waiters!: number;

  /** By the clock of the database. Prolonged by those who wait; afterwards nobody does. */
  @Property({ type: 'datetime' })
  awaitedUntil!: Date;
}
