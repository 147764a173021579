import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../../../../platform/http/page.response.dto.js';
import {
  UPLOAD_DOORS,
  UPLOAD_STATUSES,
  type UploadDoor,
  type UploadStatus,
} from '../../../../uploads/sessions/upload-session.view.js';

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

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why one that is assembling is no job yet, such as `storage_full`; a code as in problem documents',
  })
  waiting_for!: string | null;

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

@ApiSchema({ name: 'UploadList' })
export class UploadListDto extends PageDto {
  @ApiProperty({ type: [UploadSummaryDto], description: 'Newest first' })
  sessions!: UploadSummaryDto[];
}

@ApiSchema({ name: 'CancelledUpload' })
export class CancelledUploadDto {
  @ApiProperty({ enum: ['cancelled'] })
  status!: 'cancelled';

  @ApiProperty()
  message!: string;
}
