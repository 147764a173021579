import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { StoredBytes } from '../../uploads/figures/upload-figures.view.js';

@ApiSchema({ name: 'StoredBytes' })
export class StoredBytesDto {
  @ApiProperty({ type: 'integer', description: 'The same bytes of several recordings count once' })
  recordings!: number;

  @ApiProperty({ type: 'integer', description: 'Parts of uploads that are not finished' })
  unfinished_uploads!: number;

  @ApiProperty({ type: 'integer', description: 'The database itself, with the transcripts' })
  database!: number;
}

export function toStoredBytesDto(stored: StoredBytes): StoredBytesDto {
  return {
    recordings: stored.recordings,
    unfinished_uploads: stored.unfinishedUploads,
    database: stored.database,
  };
}
