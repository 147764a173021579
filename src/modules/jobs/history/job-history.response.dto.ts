import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { JOB_STATUSES, type JobStatus } from '../job.machine.js';
import type { JobEventView } from './job-event.view.js';

@ApiSchema({ name: 'JobHistoryEntry' })
export class JobHistoryEntryDto {
  @ApiProperty({ format: 'date-time' })
  occurred_at!: string;

  @ApiProperty({
    enum: JOB_STATUSES,
    enumName: 'JobStatus',
    nullable: true,
    description: 'Null for the first',
  })
  from!: JobStatus | null;

  @ApiProperty({ enum: JOB_STATUSES, enumName: 'JobStatus' })
  to!: JobStatus;

  @ApiProperty({
    description:
      'created, claimed, model_changed, completed, cancelled, retried, worker_stopping, or the code of the error that was the reason',
    example: 'worker_lost',
  })
  reason!: string;

  @ApiProperty({ type: 'integer', description: 'How often a worker had begun it by then' })
  attempt!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Who worked on it' })
  worker_id!: string | null;
}

@ApiSchema({ name: 'JobHistory' })
export class JobHistoryDto {
  @ApiProperty({ type: [JobHistoryEntryDto], description: 'In the order of time' })
  history!: JobHistoryEntryDto[];
}

export function toJobHistory(events: readonly JobEventView[]): JobHistoryDto {
  return { history: events.map(toJobHistoryEntry) };
}

export function toJobHistoryEntry(event: JobEventView): JobHistoryEntryDto {
  const { occurredAt, from, to, reason, attempt, workerId } = event;
  return { occurred_at: occurredAt.toISOString(), from, to, reason, attempt, worker_id: workerId };
}
