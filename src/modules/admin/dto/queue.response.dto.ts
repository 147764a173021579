import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { JobPriority } from '../../jobs/job-priority.view.js';
import type { CurrentJob, JobCounts, Throughput } from '../../jobs/figures/queue-figures.view.js';

@ApiSchema({ name: 'QueuedByPriority' })
class QueuedByPriorityDto {
  @ApiProperty({ type: 'integer' })
  high!: number;

  @ApiProperty({ type: 'integer' })
  normal!: number;

  @ApiProperty({ type: 'integer' })
  low!: number;
}

@ApiSchema({ name: 'LastHour' })
class LastHourDto {
  @ApiProperty({ type: 'integer' })
  completed!: number;

  @ApiProperty({ type: 'integer' })
  failed!: number;

  @ApiProperty({ description: 'Of the recordings of the completed ones' })
  audio_seconds!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Seconds of audio that were done in one second of work; null when nothing was completed',
  })
  realtime_factor!: number | null;
}

@ApiSchema({ name: 'CurrentJob' })
class CurrentJobDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  worker_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'transcribing' })
  stage!: string | null;

  @ApiProperty()
  processed_seconds!: number;

  @ApiProperty({ type: Number, nullable: true })
  duration_seconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds of audio done in one second' })
  speed!: number | null;
}

@ApiSchema({ name: 'Queue' })
export class QueueDto {
  @ApiProperty({ type: 'integer', description: 'Jobs that wait' })
  queued!: number;

  @ApiProperty({ type: QueuedByPriorityDto })
  queued_by_priority!: QueuedByPriorityDto;

  @ApiProperty({ description: 'How long the oldest job that could be taken waits; 0 when none does' })
  oldest_seconds!: number;

  @ApiProperty({ type: 'integer', description: 'Jobs that workers are at' })
  processing!: number;

  @ApiProperty({
    type: LastHourDto,
    description: 'What ended in the last hour, also of jobs that were deleted or retried since',
  })
  last_hour!: LastHourDto;

  @ApiProperty({ type: [CurrentJobDto], description: 'What workers are at, at most 1000' })
  current_jobs!: CurrentJobDto[];
}

export interface QueueFigures {
  readonly counts: JobCounts;
  readonly lastHour: Throughput;
  readonly current: readonly CurrentJob[];
}

export function toQueueDto({ counts, lastHour, current }: QueueFigures): QueueDto {
  const { byStatus, queuedByPriority, oldestSeconds } = counts;
  const { completed, failed, audioSeconds, workSeconds } = lastHour;
  const count = (priority: JobPriority): number => queuedByPriority.get(priority) ?? 0;
  return {
    queued: byStatus.get('queued') ?? 0,
    queued_by_priority: { high: count('high'), normal: count('normal'), low: count('low') },
    oldest_seconds: oldestSeconds,
    processing: byStatus.get('processing') ?? 0,
    last_hour: {
      completed,
      failed,
      audio_seconds: audioSeconds,
      realtime_factor: workSeconds > 0 ? audioSeconds / workSeconds : null,
    },
    current_jobs: current.map((job) => ({
      job_id: job.jobId,
      worker_id: job.workerId,
      stage: job.stage,
      processed_seconds: job.processedSeconds,
      duration_seconds: job.durationSeconds,
      speed: job.speed,
    })),
  };
}
