import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { BigIntType } from '@mikro-orm/postgresql';
import type { DecodingOptions } from './decoding-options.view.js';
import type { JobStage, JobStatus } from './job.machine.js';
import type { KnownVoice } from './known-voice.view.js';

/** The order to transcribe one media file. The row is the truth about it; queues only carry its id. */
@Entity({ tableName: 'jobs' })
export class Job {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  /** Null once the recording was deleted; the database allows that for jobs that have ended. */
  @Property({ type: 'uuid', nullable: true })
  mediaFileId!: string | null;

  /** What it was ordered with; null: nothing. */
  @Property({ type: 'uuid', nullable: true })
  batchId!: string | null;

  @Property({ type: 'text' })
  originalFilename!: string;

  @Property({ type: 'text' })
  status!: JobStatus;

  @Property({ type: 'text' })
  model!: string;

  /** What the files of the model were when the job was made, or when its worker found others; null where nobody knows. */
  @Property({ type: 'text', nullable: true })
  modelRevision!: string | null;

  /** What the request named; null asks for detection. */
  @Property({ type: 'text', nullable: true })
  language!: string | null;

  /** What was heard; null before the end, and where nobody spoke. */
  @Property({ type: 'text', nullable: true })
  detectedLanguage!: string | null;

  /** Index among the audio tracks of the recording; null: its default one. */
  @Property({ type: 'integer', nullable: true })
  track!: number | null;

  @Property({ type: 'json', columnType: 'jsonb' })
  decoding!: DecodingOptions;

  /** Voices that were given with the order; null for nearly all; empty once it has ended. */
  @Property({ type: 'json', columnType: 'jsonb', nullable: true })
  voices!: readonly KnownVoice[] | null;

  /** -1 to 1; what is higher goes first. */
  @Property({ type: 'smallint' })
  priority!: number;

  /** Within its priority, lower turns go first. */
  @Property({ type: new BigIntType('number') })
  turn!: number;

  @Property({ type: 'double', nullable: true })
  durationSeconds!: number | null;

  @Property({ type: 'double' })
  processedSeconds!: number;

  /** What the worker is at; null while nobody works on it. */
  @Property({ type: 'text', nullable: true })
  stage!: JobStage | null;

  /** Seconds of the recording that are done in one second. */
  @Property({ type: 'double', nullable: true })
  speed!: number | null;

  /** Is told how it ended; null: nobody besides the webhooks of its owner. It may hold secrets. */
  @Property({ type: 'text', nullable: true })
  callbackUrl!: string | null;

  /** Of the request that ordered it; null: none did, or before ids were kept. */
  @Property({ type: 'text', nullable: true })
  requestId!: string | null;

  /** Where it belongs in a trace (W3C); null while nobody traces. */
  @Property({ type: 'text', nullable: true })
  traceparent!: string | null;

  /** How often a worker began it. */
  @Property({ type: 'integer' })
  attempts!: number;

  /** How often it was lost since its text last moved on. */
  @Property({ type: 'integer' })
  losses!: number;

  /** The next attempt is to take as little memory as it can. */
  @Property({ type: 'boolean' })
  frugal!: boolean;

  /** Not to be taken before this, by the clock of the database; null: at once. */
  @Property({ type: 'datetime', nullable: true })
  availableAt!: Date | null;

  /** Held by the worker that may write; a new one with each claim. */
  @Property({ type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Property({ type: 'datetime', nullable: true })
  leaseExpiresAt!: Date | null;

  /** Who works on it, or did so last. */
  @Property({ type: 'uuid', nullable: true })
  workerId!: string | null;

  @Property({ type: 'text', nullable: true })
  errorCode!: string | null;

  @Property({ type: 'text', nullable: true })
  errorDetail!: string | null;

  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Property({ type: 'datetime' })
  updatedAt!: Date;

  @Property({ type: 'datetime', nullable: true })
  startedAt!: Date | null;

  @Property({ type: 'datetime', nullable: true })
  finishedAt!: Date | null;
}
