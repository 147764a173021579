import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { JobErrorDto, JobLinksDto } from '../../dto/job.response.dto.js';
import { JOB_STATUSES, type JobStatus } from '../../job.machine.js';
import type { JobEndEvent, WebhookEvent } from '../webhook.view.js';

/** What the body of every message has. */
class WebhookMessageDto {
  @ApiProperty({ format: 'uuid', description: 'The same as the header webhook-id, at every attempt' })
  id!: string;

  @ApiProperty({ enum: ['event'] })
  object!: string;

  @ApiProperty({ type: 'integer', description: 'When it happened, in seconds since 1970' })
  created_at!: number;

  @ApiProperty({ format: 'date-time', description: 'The same' })
  timestamp!: string;
}

@ApiSchema({ name: 'JobMessageData' })
class JobMessageDataDto {
  @ApiProperty({ format: 'uuid', description: 'The job' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The same' })
  job_id!: string;

  @ApiProperty({ enum: JOB_STATUSES, enumName: 'JobStatus' })
  status!: JobStatus;

  @ApiProperty({ example: 'base' })
  model!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Length of the recording' })
  duration_seconds!: number | null;

  @ApiProperty({ type: JobErrorDto, nullable: true, description: 'Why the job failed' })
  error!: { code: string; detail: string } | null;

  @ApiProperty({ type: JobLinksDto })
  links!: JobLinksDto;
}

class JobMessageDto extends WebhookMessageDto {
  @ApiProperty({ type: JobMessageDataDto })
  data!: JobMessageDataDto;
}

@ApiSchema({ name: 'JobCompletedMessage' })
export class JobCompletedMessageDto extends JobMessageDto {
  @ApiProperty({ enum: ['job.completed'] satisfies JobEndEvent[] })
  type!: JobEndEvent;
}

@ApiSchema({ name: 'JobFailedMessage' })
export class JobFailedMessageDto extends JobMessageDto {
  @ApiProperty({ enum: ['job.failed'] satisfies JobEndEvent[] })
  type!: JobEndEvent;
}

@ApiSchema({ name: 'JobCancelledMessage' })
export class JobCancelledMessageDto extends JobMessageDto {
  @ApiProperty({ enum: ['job.cancelled'] satisfies JobEndEvent[] })
  type!: JobEndEvent;
}

@ApiSchema({ name: 'TranscriptUpdatedMessageData' })
class TranscriptUpdatedMessageDataDto {
  @ApiProperty({ format: 'uuid', description: 'The job' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The same' })
  job_id!: string;

  @ApiProperty({ type: 'integer', description: 'The number of the newest version', example: 2 })
  version!: number;

  @ApiProperty({ type: JobLinksDto })
  links!: JobLinksDto;
}

@ApiSchema({ name: 'TranscriptUpdatedMessage' })
export class TranscriptUpdatedMessageDto extends WebhookMessageDto {
  @ApiProperty({ enum: ['transcript.updated'] satisfies WebhookEvent[] })
  type!: WebhookEvent;

  @ApiProperty({ type: TranscriptUpdatedMessageDataDto })
  data!: TranscriptUpdatedMessageDataDto;
}

@ApiSchema({ name: 'WebhookTestMessageData' })
class WebhookTestMessageDataDto {
  @ApiProperty({ format: 'uuid', description: 'The webhook' })
  id!: string;
}

@ApiSchema({ name: 'WebhookTestMessage' })
export class WebhookTestMessageDto extends WebhookMessageDto {
  @ApiProperty({ enum: ['webhook.test'] satisfies WebhookEvent[] })
  type!: WebhookEvent;

  @ApiProperty({ type: WebhookTestMessageDataDto })
  data!: WebhookTestMessageDataDto;
}

export type AnyMessageDto =
  | JobCompletedMessageDto
  | JobFailedMessageDto
  | JobCancelledMessageDto
  | TranscriptUpdatedMessageDto
  | WebhookTestMessageDto;
