import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { JobErrorDto } from '../../jobs/dto/job.response.dto.js';
import { JOB_STATUSES, type JobStatus } from '../../jobs/job.machine.js';
import { JOB_PRIORITIES, type JobPriority } from '../../jobs/job-priority.view.js';
import type { AdministeredJob, AdministeredJobPage } from './administered-jobs.service.js';

@ApiSchema({ name: 'Owner' })
class OwnerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'anna' })
  username!: string;
}

/** Without whatever its owner said or named: text, file name, prompt. */
@ApiSchema({ name: 'AdministeredJob' })
export class AdministeredJobDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ type: OwnerDto })
  owner!: OwnerDto;

  @ApiProperty({ enum: JOB_STATUSES, enumName: 'JobStatus' })
  status!: JobStatus;

  @ApiProperty({ type: JobErrorDto, nullable: true, description: 'Why it failed' })
  error!: JobErrorDto | null;

  @ApiProperty({ example: 'base' })
  model!: string;

  @ApiProperty({ enum: JOB_PRIORITIES, enumName: 'JobPriority' })
  priority!: JobPriority;

  @ApiProperty({ type: Number, nullable: true, description: 'Of the recording; null while unknown' })
  duration_seconds!: number | null;

  @ApiProperty()
  processed_seconds!: number;

  @ApiProperty({ type: 'integer', description: 'How often a worker began it' })
  attempts!: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The worker that is at it, or was last',
  })
  worker_id!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended' })
  completed_at!: string | null;
}

@ApiSchema({ name: 'AdministeredJobList' })
export class AdministeredJobListDto {
  @ApiProperty({ type: [AdministeredJobDto], description: 'Newest first' })
  jobs!: AdministeredJobDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The `cursor` of the next page; null on the last one',
  })
  next_cursor!: string | null;
}

export function toAdministeredJobDto({ job, ownerName }: AdministeredJob): AdministeredJobDto {
  return {
    job_id: job.id,
    owner: { id: job.ownerId, username: ownerName },
    status: job.status,
    error: job.error === null ? null : { code: job.error.code, detail: job.error.detail },
    model: job.model,
    priority: job.priority,
    duration_seconds: job.durationSeconds,
    processed_seconds: job.processedSeconds,
    attempts: job.attempts,
    worker_id: job.workerId,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    completed_at: job.finishedAt?.toISOString() ?? null,
  };
}

export function toAdministeredJobListDto({ jobs, nextCursor }: AdministeredJobPage): AdministeredJobListDto {
  return { jobs: jobs.map(toAdministeredJobDto), next_cursor: nextCursor };
}
