import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { JobErrorDto, JobLinksDto } from '../../dto/job.response.dto.js';
import { JOB_STATUSES, type JobStatus } from '../../job.machine.js';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../webhook.view.js';

@ApiSchema({ name: 'WebhookPayloadData' })
class WebhookPayloadDataDto {
  @ApiProperty({ format: 'uuid', description: 'The job; of a test the webhook' })
  id!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The same as id; of a test absent, as is all else' })
  job_id?: string;

  @ApiPropertyOptional({ enum: JOB_STATUSES, enumName: 'JobStatus' })
  status?: JobStatus;

  @ApiPropertyOptional({ example: 'base' })
  model?: string;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'Length of the recording' })
  duration_seconds?: number | null;

  @ApiPropertyOptional({ type: JobErrorDto, nullable: true, description: 'Why the job failed' })
  error?: { code: string; detail: string } | null;

  @ApiPropertyOptional({ type: JobLinksDto })
  links?: JobLinksDto;
}

/** The body of every message. */
@ApiSchema({ name: 'WebhookPayload' })
export class WebhookPayloadDto {
  @ApiProperty({ format: 'uuid', description: 'The same as the header webhook-id, at every attempt' })
  id!: string;

  @ApiProperty({ example: 'event' })
  object!: string;

  @ApiProperty({ enum: WEBHOOK_EVENTS, enumName: 'WebhookEvent' })
  type!: WebhookEvent;

  @ApiProperty({ type: 'integer', description: 'When it happened, in seconds since 1970' })
  created_at!: number;

  @ApiProperty({ format: 'date-time', description: 'The same' })
  timestamp!: string;

  @ApiProperty({ type: WebhookPayloadDataDto })
  data!: WebhookPayloadDataDto;
}
