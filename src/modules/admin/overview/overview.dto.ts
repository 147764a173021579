import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import type { EndedJobs } from '../../jobs/figures/job-series.view.js';
import { StoredBytesDto, toStoredBytesDto } from '../dto/stored-bytes.response.dto.js';
import { OVERVIEW_RANGES, type Overview, type OverviewRange } from './overview.service.js';

export class OverviewQueryDto {
  @ApiPropertyOptional({ enum: OVERVIEW_RANGES, enumName: 'OverviewRange', default: '24h' })
  @MayBeAbsent()
  @IsIn(OVERVIEW_RANGES)
  range: OverviewRange = '24h';
}

@ApiSchema({ name: 'OverviewBucket' })
class OverviewBucketDto {
  @ApiProperty({ format: 'date-time' })
  begins_at!: string;

  @ApiProperty({ type: 'integer', description: 'Jobs that ended so in it' })
  completed!: number;

  @ApiProperty({ type: 'integer' })
  failed!: number;

  @ApiProperty({ type: 'integer' })
  cancelled!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'The failed ones by the code of their error',
    example: { engine_crashed: 1 },
  })
  failed_by_code!: Record<string, number>;

  @ApiProperty({ description: 'Of the recordings of the completed ones' })
  audio_seconds!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Seconds of audio that were done in one second of work; null when nothing was completed',
  })
  realtime_factor!: number | null;

  @ApiProperty({ type: 'integer', description: 'Jobs that waited at its end' })
  queued!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Of the jobs that left the queue in it, how long the one waited that waited longest',
  })
  longest_wait_seconds!: number | null;

  @ApiProperty({ type: 'integer', description: 'Recordings that arrived in it' })
  uploads!: number;

  @ApiProperty({ type: 'integer' })
  uploaded_bytes!: number;
}

@ApiSchema({ name: 'OverviewQueue' })
class OverviewQueueDto {
  @ApiProperty({ type: 'integer' })
  queued!: number;

  @ApiProperty({ type: 'integer' })
  processing!: number;

  @ApiProperty({ description: 'How long the oldest job that could be taken waits; 0 when none does' })
  oldest_seconds!: number;
}

@ApiSchema({ name: 'Overview' })
export class OverviewDto {
  @ApiProperty({ enum: OVERVIEW_RANGES, enumName: 'OverviewRange' })
  range!: OverviewRange;

  @ApiProperty({ type: 'integer', description: 'Of a bucket' })
  step_seconds!: number;

  @ApiProperty({ type: OverviewQueueDto, description: 'At this moment' })
  queue!: OverviewQueueDto;

  @ApiProperty({ type: StoredBytesDto, description: 'At this moment' })
  stored_bytes!: StoredBytesDto;

  @ApiProperty({
    type: [OverviewBucketDto],
    description: 'Oldest first, without gaps; the last one is not over yet',
  })
  buckets!: OverviewBucketDto[];
}

export function toOverviewDto(range: OverviewRange, overview: Overview): OverviewDto {
  const { buckets, stored, counts } = overview;
  return {
    range,
    step_seconds: buckets.stepSeconds,
    queue: {
      queued: counts.byStatus.get('queued') ?? 0,
      processing: counts.byStatus.get('processing') ?? 0,
      oldest_seconds: counts.oldestSeconds,
    },
    stored_bytes: toStoredBytesDto(stored),
    buckets: toBuckets(overview),
  };
}

function toBuckets({ buckets, jobs, arrived }: Overview): OverviewBucketDto[] {
  let queued = 0;
  return Array.from({ length: buckets.count }, (_, index) => {
    const moves = jobs.queue.find(({ bucket }) => bucket === index);
    const recordings = arrived.find(({ bucket }) => bucket === index);
    queued += moves?.change ?? 0;
    return {
      begins_at: new Date(buckets.from.getTime() + index * buckets.stepSeconds * 1000).toISOString(),
      ...toEnded(jobs.ended.filter(({ bucket }) => bucket === index)),
      queued,
      longest_wait_seconds: moves?.longestWaitSeconds ?? null,
      uploads: recordings?.count ?? 0,
      uploaded_bytes: recordings?.bytes ?? 0,
    };
  });
}

type EndedDto = Pick<
  OverviewBucketDto,
  'completed' | 'failed' | 'cancelled' | 'failed_by_code' | 'audio_seconds' | 'realtime_factor'
>;

function toEnded(ended: readonly EndedJobs[]): EndedDto {
  const completed = ended.find(({ status }) => status === 'completed');
  const failed = ended.filter(({ status }) => status === 'failed');
  const { audioSeconds, workSeconds } = completed ?? { audioSeconds: 0, workSeconds: 0 };
  return {
    completed: completed?.count ?? 0,
    failed: failed.reduce((sum, { count }) => sum + count, 0),
    cancelled: ended.find(({ status }) => status === 'cancelled')?.count ?? 0,
    failed_by_code: Object.fromEntries(failed.map(({ code, count }) => [code ?? 'unknown', count])),
    audio_seconds: audioSeconds,
    realtime_factor: workSeconds > 0 ? audioSeconds / workSeconds : null,
  };
}
