import type { Job, JobStage, JobSummary } from '@whisper-transcriber/client-sdk';
import { lazily } from '../words/lazily';

export type JobStatus = JobSummary['status'];

export const STATUSES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

export const STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  queued: 'Waiting',
  processing: 'Transcribing',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const STATUS_TONES = {
  queued: 'wait',
  processing: 'accent',
  completed: 'good',
  failed: 'bad',
  cancelled: 'neutral',
} as const satisfies Record<JobStatus, string>;

const STAGE_WORDS: Readonly<Record<JobStage | 'diarizing', string>> = {
  probing: 'Looking at the file',
  loading_model: 'Loading the model',
  transcribing: 'Transcribing',
  diarizing: 'Telling speakers apart',
  saving: 'Saving',
};

export function isOver({ status }: { readonly status: JobStatus }): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** What is going on with a job that is not over, in a line. */
export function activityOf(
  job: Pick<Job, 'status' | 'progress'> & Partial<Pick<Job, 'queue_position'>>,
): string {
  if (job.status === 'queued') return waitingLine(job.queue_position ?? null);
  return job.progress.stage === null ? 'Starting' : STAGE_WORDS[job.progress.stage];
}

function waitingLine(position: number | null): string {
  if (position === null) return 'Waiting in the queue';
  if (position <= 1) return 'Next in the queue';
  return position === 2 ? '1 recording ahead in the queue' : `${position - 1} recordings ahead in the queue`;
}

/** "about 3 minutes left"; empty while nobody knows. */
export function timeLeft(estimatedEndAt: string | null, now: number): string {
  if (estimatedEndAt === null) return '';
  const seconds = (Date.parse(estimatedEndAt) - now) / 1000;
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 60) return `about ${Math.ceil(seconds / 10) * 10} seconds left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'about a minute left' : `about ${minutes} minutes left`;
  return `about ${(minutes / 60).toFixed(1)} hours left`;
}

const LANGUAGES = lazily(() => new Intl.DisplayNames(['en'], { type: 'language' }));

/** "German" for `de`. */
export function languageName(code: string): string {
  return LANGUAGES().of(code) ?? code;
}
