import type {
  JobWebhookEvent,
  WebhookDelivery,
  WebhookDeliveryState,
  WebhookEvent,
} from '@whisper-transcriber/client-sdk';

export const WEBHOOK_EVENTS: readonly { value: JobWebhookEvent; name: string }[] = [
  { value: 'job.completed', name: 'are done' },
  { value: 'job.failed', name: 'failed' },
  { value: 'job.cancelled', name: 'were cancelled' },
  { value: 'transcript.updated', name: 'have another text' },
];

export const EVENT_WORDS: Readonly<Record<WebhookEvent, string>> = {
  'job.completed': 'Job done',
  'job.failed': 'Job failed',
  'job.cancelled': 'Job cancelled',
  'transcript.updated': 'Text changed',
  'webhook.test': 'Test',
};

export const STATE_WORDS: Readonly<Record<WebhookDeliveryState, string>> = {
  pending: 'On its way',
  delivered: 'Delivered',
  dead: 'Given up',
};

export const STATE_TONES = {
  pending: 'wait',
  delivered: 'good',
  dead: 'bad',
} as const satisfies Record<WebhookDeliveryState, string>;

/** What came of the last attempt: "answered 500", "timed_out"; empty before the first. */
export function lastAnswer({ last_status: status, last_error: error }: WebhookDelivery): string {
  if (status !== null) return `answered ${status}`;
  return error === null ? '' : error.replaceAll('_', ' ');
}
