import { ERROR_CODES, isErrorCode } from '../../../platform/errors/error-codes.js';
import { linksOf } from '../dto/job.response.dto.js';
import type { JobEventView } from '../history/job-event.view.js';
import type { Job } from '../job.entity.js';
import type { AnyMessageDto } from './dto/webhook-message.dto.js';
import type { JobEndEvent, UpdatedTranscript, WebhookEvent } from './webhook.view.js';

/** What an event of a job is called in webhooks; null for those that these do not tell of. */
export function webhookEventOf({ to }: JobEventView): JobEndEvent | null {
  return to === 'completed' || to === 'failed' || to === 'cancelled' ? `job.${to}` : null;
}

/**
 * The body of a message about a job as it was at the event, whatever has become of it since. Never what was said.
 *
 * @param id of the delivery
 * @param baseUrl put before the links
 */
export function jobPayload(id: string, event: JobEventView, job: Job, baseUrl: string): string {
  return payload(id, `job.${event.to}` as JobEndEvent, event.occurredAt, {
    id: job.id,
    job_id: job.id,
    status: event.to,
    model: job.model,
    duration_seconds: job.durationSeconds,
    error: event.to === 'failed' ? errorOf(event, job) : null,
    links: linksOf(job.id, baseUrl),
  });
}

/**
 * The body of a message about a transcript that has another version. Never what was said.
 *
 * @param id of the delivery
 * @param baseUrl put before the links
 */
export function transcriptPayload(
  id: string,
  { jobId, version, at }: UpdatedTranscript,
  baseUrl: string,
): string {
  const links = linksOf(jobId, baseUrl);
  return payload(id, 'transcript.updated', at, { id: jobId, job_id: jobId, version, links });
}

export function testPayload(id: string, webhookId: string, now: Date): string {
  return payload(id, 'webhook.test', now, { id: webhookId });
}

function payload(id: string, type: WebhookEvent, at: Date, data: AnyMessageDto['data']): string {
  const head = {
    id,
    object: 'event',
    type,
    created_at: Math.floor(at.getTime() / 1000),
    timestamp: at.toISOString(),
  } satisfies Omit<AnyMessageDto, 'data'>;
  return JSON.stringify({ ...head, data });
}

/** The job tells the reason in words, unless it was tried again since. */
function errorOf({ reason: code }: JobEventView, job: Job): { code: string; detail: string } {
  const title = isErrorCode(code) ? ERROR_CODES[code].title : '';
  return { code, detail: (job.errorCode === code ? job.errorDetail : null) ?? title };
}
