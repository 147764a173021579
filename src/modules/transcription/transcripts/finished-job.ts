import { AppError } from '../../../platform/errors/app-error.js';
import type { JobView } from '../../jobs/job.view.js';

const RETRY_AFTER_SECONDS = 2;

/** @throws AppError transcript_not_ready, transcript_unavailable */
export function assertCompleted(job: JobView): void {
  switch (job.status) {
    case 'completed':
      return;
    case 'queued':
    case 'processing':
      throw new AppError(
        'transcript_not_ready',
        `The job is ${job.status}. Ask again when it is completed.`,
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    case 'failed':
      throw new AppError(
        'transcript_unavailable',
        `The job failed: ${job.error?.detail ?? 'the reason is not known.'}`,
      );
    case 'cancelled':
      throw new AppError('transcript_unavailable', 'The job was cancelled.');
  }
}
