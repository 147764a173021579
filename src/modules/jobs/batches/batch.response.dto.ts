import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { BatchPage, BatchView, OrderedBatch, RefusedItem } from './batch.view.js';

@ApiSchema({ name: 'BatchCounts' })
class BatchCountsDto {
  @ApiProperty({ type: 'integer' })
  queued!: number;

  @ApiProperty({ type: 'integer' })
  processing!: number;

  @ApiProperty({ type: 'integer' })
  completed!: number;

  @ApiProperty({ type: 'integer' })
  failed!: number;

  @ApiProperty({ type: 'integer' })
  cancelled!: number;
}

@ApiSchema({ name: 'BatchProgress' })
class BatchProgressDto {
  @ApiProperty({
    description: 'Seconds of the recordings that are done; those of jobs that ended count as a whole',
  })
  processed_seconds!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Null while a length is unknown' })
  total_seconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: '0 to 100; null while the total is unknown' })
  percent!: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null while a job waits, since others may go before it',
  })
  estimated_end_at!: string | null;
}

const POSITION = { type: 'integer', description: 'Its place in the order, the first one being 0' } as const;

@ApiSchema({ name: 'RefusedItem' })
class RefusedItemDto {
  @ApiProperty(POSITION)
  position!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for a file of the form' })
  media_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of a file of the form' })
  filename!: string | null;

  @ApiProperty({ description: 'Stable code', example: 'media_not_found' })
  code!: string;

  @ApiProperty({ description: 'The reason in words' })
  detail!: string;
}

@ApiSchema({ name: 'AcceptedItem' })
class AcceptedItemDto {
  @ApiProperty(POSITION)
  position!: number;

  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null once the recording was deleted',
  })
  media_id!: string | null;

  @ApiProperty()
  filename!: string;
}

@ApiSchema({ name: 'Batch' })
export class BatchDto {
  @ApiProperty({ format: 'uuid' })
  batch_id!: string;

  @ApiProperty({ type: String, nullable: true })
  name!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: BatchCountsDto, description: 'How many jobs have which status' })
  jobs!: BatchCountsDto;

  @ApiProperty({ type: BatchProgressDto })
  progress!: BatchProgressDto;

  @ApiProperty({ type: [RefusedItemDto], description: 'Recordings that no job came of' })
  refused!: RefusedItemDto[];
}

@ApiSchema({ name: 'OrderedBatch' })
export class OrderedBatchDto extends BatchDto {
  @ApiProperty({ type: [AcceptedItemDto], description: 'Recordings that have a job' })
  accepted!: AcceptedItemDto[];
}

@ApiSchema({ name: 'DeletedBatch' })
export class BatchDeletedDto {
  @ApiProperty({ example: 'The batch is deleted.' })
  message!: string;
}

@ApiSchema({ name: 'BatchList' })
export class BatchListDto {
  @ApiProperty({ type: [BatchDto], description: 'Newest first' })
  batches!: BatchDto[];

  @ApiProperty()
  total!: number;

  @ApiProperty()
  skip!: number;

  @ApiProperty()
  limit!: number;
}

export function toBatchResponse(batch: BatchView): BatchDto {
  const { doneSeconds: done, totalSeconds: total, estimatedEndAt, counts } = batch;
  const percent =
    total === null || total === 0 ? null : Math.min(100, Math.round((done / total) * 1000) / 10);
  const { queued, processing, completed, failed, cancelled } = counts;
  return {
    batch_id: batch.id,
    name: batch.name,
    created_at: batch.createdAt.toISOString(),
    jobs: { queued, processing, completed, failed, cancelled },
    progress: {
      processed_seconds: done,
      total_seconds: total,
      percent,
      estimated_end_at: estimatedEndAt?.toISOString() ?? null,
    },
    refused: batch.refused.map(toRefusedItem),
  };
}

export function toOrderedBatchResponse(batch: OrderedBatch): OrderedBatchDto {
  const accepted = batch.accepted.map(({ position, jobId, mediaId, filename }) => ({
    position,
    job_id: jobId,
    media_id: mediaId,
    filename,
  }));
  return Object.assign(toBatchResponse(batch), { accepted });
}

export function toBatchList({ batches, total }: BatchPage, skip: number, limit: number): BatchListDto {
  return { batches: batches.map(toBatchResponse), total, skip, limit };
}

function toRefusedItem({ position, mediaId, filename, code, detail }: RefusedItem): RefusedItemDto {
  return { position, media_id: mediaId, filename, code, detail };
}
