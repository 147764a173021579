import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { UsageView } from '../usage.view.js';

@ApiSchema({ name: 'Usage' })
export class UsageDto {
  @ApiProperty({ type: 'integer', description: 'Jobs that wait or are in work' })
  active_jobs!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many there may be at a time; null: any number',
  })
  active_jobs_limit!: number | null;

  @ApiProperty({ type: 'number', description: 'Audio of all jobs since midnight UTC, to the hundredth' })
  audio_minutes_today!: number;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'How many minutes there may be in a day; null: any number',
  })
  audio_minutes_limit!: number | null;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When the next day begins' })
  resets_at!: string;

  @ApiProperty({ type: 'integer', description: 'What your recordings take, the same bytes counted once' })
  storage_bytes!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How much they may take; null: no limit but the disk',
  })
  storage_bytes_limit!: number | null;
}

export function toUsageDto(usage: UsageView): UsageDto {
  const { audioSecondsLimit } = usage;
  return {
    active_jobs: usage.activeJobs,
    active_jobs_limit: usage.activeJobsLimit,
    audio_minutes_today: toMinutes(usage.audioSecondsToday),
    audio_minutes_limit: audioSecondsLimit === null ? null : toMinutes(audioSecondsLimit),
    resets_at: usage.resetsAt.toISOString(),
    storage_bytes: usage.storageBytes,
    storage_bytes_limit: usage.storageBytesLimit,
  };
}

function toMinutes(seconds: number): number {
  return Math.round((seconds / 60) * 100) / 100;
}
