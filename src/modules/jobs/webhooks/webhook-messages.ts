import type { SentMessages } from '../../../platform/openapi/sent-messages.js';
import {
  JobCancelledMessageDto,
  JobCompletedMessageDto,
  JobFailedMessageDto,
  TranscriptUpdatedMessageDto,
  WebhookTestMessageDto,
} from './dto/webhook-message.dto.js';
import type { WebhookEvent } from './webhook.view.js';

/** What is sent, for the documentation. */
export const WEBHOOK_MESSAGES = {
  tag: 'Webhooks',
  headers: {
    'webhook-id': 'The same at every attempt',
    'webhook-timestamp': 'Of this attempt, in seconds since 1970',
    'webhook-signature':
      'One or, while a secret rotates, two signatures after Standard Webhooks: `v1,BASE64`',
  },
  answers: {
    '2XX': 'It is taken',
    410: 'Nothing more is to be sent there: the webhook is disabled',
    default: 'It is sent again, for a day',
  },
  messages: {
    'job.completed': { summary: 'A job has its transcript', body: JobCompletedMessageDto },
    'job.failed': { summary: 'A job has failed', body: JobFailedMessageDto },
    'job.cancelled': { summary: 'A job was cancelled', body: JobCancelledMessageDto },
    'transcript.updated': {
      summary: 'A transcript has another version',
      body: TranscriptUpdatedMessageDto,
    },
    'webhook.test': { summary: 'The owner of a webhook tries it', body: WebhookTestMessageDto },
  } satisfies Record<WebhookEvent, object>,
} as const satisfies SentMessages;
