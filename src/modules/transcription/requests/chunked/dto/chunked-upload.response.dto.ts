import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  UPLOAD_DOORS,
  UPLOAD_STATUSES,
  type UploadDoor,
  type UploadStatus,
} from '../../../../uploads/sessions/upload-session.view.js';

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

@ApiSchema({ name: 'UploadSummary' })
export class UploadSummaryDto {
  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ enum: UPLOAD_DOORS, description: 'How it comes' })
  kind!: UploadDoor;

  @ApiProperty()
  original_filename!: string;

  @ApiProperty({ enum: UPLOAD_STATUSES })
  status!: UploadStatus;

  @ApiProperty({ type: 'integer' })
  received_bytes!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null while it is not known' })
  total_bytes!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null for uploads without numbered chunks' })
  uploaded_chunks!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null for uploads without numbered chunks' })
  total_chunks!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Of the bytes; null while the size is not known',
  })
  progress_percent!: number | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;
}

@ApiSchema({ name: 'UploadStatus' })
export class UploadStatusDto extends UploadSummaryDto {
  @ApiProperty({ type: [Number], nullable: true, description: 'Null for uploads without numbered chunks' })
  missing_chunks!: number[] | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'Once it is completed' })
  job_id!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'Once it is completed' })
  media_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed; a code as in problem documents' })
  error_code!: string | null;

  @ApiProperty({ type: String, nullable: true })
  error_detail!: string | null;
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

@ApiSchema({ name: 'UploadList' })
export class UploadListDto {
  @ApiProperty({ type: [UploadSummaryDto], description: 'Newest first' })
  sessions!: UploadSummaryDto[];

  @ApiProperty({ description: 'How many there are in all' })
  total!: number;

  @ApiProperty()
  skip!: number;

  @ApiProperty()
  limit!: number;
}

@ApiSchema({ name: 'CancelledUpload' })
export class CancelledUploadDto {
  @ApiProperty({ enum: ['cancelled'] })
  status!: 'cancelled';

  @ApiProperty()
  message!: string;
}
