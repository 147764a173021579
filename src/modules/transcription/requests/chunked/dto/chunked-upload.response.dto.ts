import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'BegunUpload' })
export class BegunUploadDto {
  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ type: 'integer', description: 'Bytes of every chunk but the last' })
  chunk_size!: number;

  @ApiProperty({ type: 'integer' })
  total_chunks!: number;

  @ApiProperty({ format: 'date-time', description: 'Each chunk postpones it' })
  expires_at!: string;
}

@ApiSchema({ name: 'StoredChunk' })
export class StoredChunkDto {
  @ApiProperty({ type: 'integer' })
  chunk_number!: number;

  @ApiProperty({ enum: ['uploaded', 'already_uploaded'] })
  status!: 'uploaded' | 'already_uploaded';

  @ApiProperty({ description: 'SHA-256 of the bytes that arrived, hexadecimal' })
  chunk_hash!: string;

  @ApiProperty({ type: 'integer' })
  uploaded_chunks!: number;

  @ApiProperty({ type: 'integer' })
  total_chunks!: number;

  @ApiProperty({ description: 'Of the bytes' })
  progress_percent!: number;
}

@ApiSchema({ name: 'FinalizedUpload' })
export class FinalizedUploadDto {
  @ApiProperty({ enum: ['completed', 'incomplete'] })
  status!: 'completed' | 'incomplete';

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  job_id!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  media_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the whole file, hexadecimal' })
  file_hash!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The name as the service keeps it' })
  final_filename!: string | null;

  @ApiProperty({ type: [Number], nullable: true, description: 'Send these, then finalize again' })
  missing_chunks!: number[] | null;
}

@ApiSchema({ name: 'UploadResume' })
export class UploadResumeDto {
  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ type: [Number], description: 'Send these, then finalize' })
  missing_chunks!: number[];

  @ApiProperty({ type: 'integer' })
  uploaded_chunks!: number;

  @ApiProperty({ type: 'integer' })
  total_chunks!: number;

  @ApiProperty({ enum: [true] })
  resumable!: boolean;
}
