import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { JOB_WEBHOOK_EVENTS, type JobWebhookEvent, type WebhookView } from '../webhook.view.js';

@ApiSchema({ name: 'Webhook' })
export class WebhookDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'https://example.com/hooks/transcripts' })
  url!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ enum: JOB_WEBHOOK_EVENTS, enumName: 'JobWebhookEvent', isArray: true })
  events!: JobWebhookEvent[];

  @ApiProperty({ description: 'Nothing is sent while it is false' })
  enabled!: boolean;

  @ApiProperty({
    type: String,
    enum: ['gone'],
    nullable: true,
    description: 'gone: the other side answered 410, so that the service has disabled it',
  })
  disabled_reason!: 'gone' | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;
}

@ApiSchema({ name: 'CreatedWebhook' })
export class CreatedWebhookDto extends WebhookDto {
  @ApiProperty({ description: 'Signs what is sent. It is shown this once.', example: 'whsec_…' })
  secret!: string;
}

@ApiSchema({ name: 'WebhookList' })
export class WebhookListDto {
  @ApiProperty({ type: [WebhookDto], description: 'Newest first' })
  webhooks!: WebhookDto[];
}

@ApiSchema({ name: 'WebhookSecret' })
export class WebhookSecretDto {
  @ApiProperty({ description: 'Signs what is sent. It is shown this once.', example: 'whsec_…' })
  secret!: string;
}

export function toWebhookDto(webhook: WebhookView): WebhookDto {
  return {
    id: webhook.id,
    url: webhook.url,
    description: webhook.description,
    events: [...webhook.events],
    enabled: webhook.enabled,
    disabled_reason: webhook.disabledReason,
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}
