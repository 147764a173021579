import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import { JobSummaryDto } from '../../jobs/dto/job.response.dto.js';
import { OwnerDto, toOwnerDto } from '../dto/owner.response.dto.js';
import type { AdministeredJob, AdministeredJobPage } from './administered-jobs.service.js';

/** Without whatever its owner said or named: text, file name, prompt. */
@ApiSchema({ name: 'AdministeredJob' })
export class AdministeredJobDto extends PickType(JobSummaryDto, [
  'job_id',
  'status',
  'error',
  'model',
  'priority',
  'duration_seconds',
  'attempts',
  'created_at',
  'started_at',
  'completed_at',
] as const) {
  @ApiProperty({ type: OwnerDto })
  owner!: OwnerDto;

  @ApiProperty({ description: 'Seconds of the recording that are done' })
  processed_seconds!: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The worker that is at it, or was last',
  })
  worker_id!: string | null;
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

export function toAdministeredJobDto({ job, ownerNames }: AdministeredJob): AdministeredJobDto {
  return {
    job_id: job.id,
    owner: toOwnerDto(job.ownerId, ownerNames),
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
