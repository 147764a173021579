/** How jobs end. Callbacks are told of these only. */
export const JOB_END_EVENTS = ['job.completed', 'job.failed', 'job.cancelled'] as const;
export type JobEndEvent = (typeof JOB_END_EVENTS)[number];

/** What webhooks tell of. */
export const JOB_WEBHOOK_EVENTS = [...JOB_END_EVENTS, 'transcript.updated'] as const;
export type JobWebhookEvent = (typeof JOB_WEBHOOK_EVENTS)[number];

/** A transcript that has another version than before. */
export interface UpdatedTranscript {
  readonly jobId: string;
  readonly version: number;
  readonly at: Date;
}

/** Besides those what is sent on the word of the owner. */
export const WEBHOOK_EVENTS = [...JOB_WEBHOOK_EVENTS, 'webhook.test'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** An address of a user that is told of jobs. Its secret is shown when it is made, and never again. */
export interface WebhookView {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly JobWebhookEvent[];
  readonly enabled: boolean;
  /** Why the service has disabled it: the other side answered 410. Null: it did not. */
  readonly disabledReason: 'gone' | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewWebhook {
  readonly url: string;
  readonly description: string;
  readonly events: readonly JobWebhookEvent[];
  readonly enabled: boolean;
}

/** What came of one attempt. */
export interface LoggedAttempt {
  /** When it was begun, as ISO 8601. */
  readonly at: string;
  /** Null where nobody answered. */
  readonly status: number | null;
  readonly error: string | null;
}

/** One message to one address. */
export interface DeliveryView {
  /** The `webhook-id` of every attempt. */
  readonly id: string;
  /** Null: to the callback address of a job. */
  readonly webhookId: string | null;
  /** Null for a test. */
  readonly jobId: string | null;
  readonly type: WebhookEvent;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastAttemptAt: Date | null;
  /** Null while nobody has answered. */
  readonly lastStatus: number | null;
  /** Code of what went wrong where there was no answer. */
  readonly lastError: string | null;
  readonly log: readonly LoggedAttempt[];
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** Which deliveries of a list; what is absent is of no account. */
export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly type?: WebhookEvent;
  readonly jobId?: string;
}

/** Which part of a list. */
export interface DeliveryPlace {
  /** The id at which the page before ended; null: the first page. */
  readonly before: string | null;
  readonly skip: number;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly DeliveryView[];
  readonly total: number;
  /** The id at which the page ends; null: it is the last one. */
  readonly nextCursor: string | null;
}
