import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  MAX_PARALLEL_CHUNKS,
  MIN_CHUNK_BYTES,
} from '../../transcription/requests/chunked/chunk-plan.policy.js';
import type { UploadFigures } from '../../uploads/figures/upload-figures.view.js';
import type { UploadStatus } from '../../uploads/sessions/upload-session.view.js';

@ApiSchema({ name: 'UploadMetrics' })
export class UploadMetricsDto {
  @ApiProperty({
    type: 'integer',
    description: 'Uploads in several requests, or by URL; ended ones for 30 days',
  })
  total_sessions!: number;

  @ApiProperty({ type: 'integer', description: 'They wait for bytes' })
  active_sessions!: number;

  @ApiProperty({ type: 'integer', description: 'All their bytes are there' })
  assembling_sessions!: number;

  @ApiProperty({ type: 'integer' })
  completed_sessions!: number;

  @ApiProperty({ type: 'integer' })
  failed_sessions!: number;

  @ApiProperty({ type: 'integer' })
  expired_sessions!: number;

  @ApiProperty({ type: 'integer' })
  cancelled_sessions!: number;

  @ApiProperty({ type: 'integer', description: 'Bytes of a chunk; very large files have larger ones' })
  chunk_size!: number;

  @ApiProperty({ type: 'integer', description: 'Chunks that clients should send at a time' })
  max_parallel_chunks!: number;

  @ApiProperty({ type: 'integer', description: 'Bytes of the largest file that is accepted' })
  max_file_size!: number;

  @ApiProperty({
    type: 'number',
    description: 'What recordings and the parts of unfinished uploads take, in MiB, to the hundredth',
  })
  storage_usage_mb!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Active uploads by the id of their user; those who have none are left out',
    example: { '0190aaaa-bbbb-7ccc-8ddd-00000000000a': 2 },
  })
  active_uploads_by_user!: Record<string, number>;
}

/** @param maxBytes of the largest file that is accepted */
export function toUploadMetricsDto(figures: UploadFigures, maxBytes: number): UploadMetricsDto {
  const { sessions, activeByUser, storedBytes } = figures;
  const count = (status?: UploadStatus): number =>
    sessions
      .filter((entry) => status === undefined || entry.status === status)
      .reduce((sum, entry) => sum + entry.count, 0);
  return {
    total_sessions: count(),
    active_sessions: count('active'),
    assembling_sessions: count('assembling'),
    completed_sessions: count('completed'),
    failed_sessions: count('failed'),
    expired_sessions: count('expired'),
    cancelled_sessions: count('cancelled'),
    chunk_size: MIN_CHUNK_BYTES,
    max_parallel_chunks: MAX_PARALLEL_CHUNKS,
    max_file_size: maxBytes,
    storage_usage_mb: Math.round((storedBytes / 2 ** 20) * 100) / 100,
    active_uploads_by_user: Object.fromEntries(activeByUser),
  };
}
