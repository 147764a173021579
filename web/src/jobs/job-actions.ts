import { cancelJob, deleteJob, retryJob, type JobSummary } from '@whisper-transcriber/client-sdk';
import { problemOf } from '../api/problem';
import { addressOf, api } from '../api/service';
import { isOver } from './job-words';

export const FORMATS = ['txt', 'srt', 'vtt', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** How many requests are on their way at a time when something is done to many jobs. */
const AT_A_TIME = 4;

export const JOB_ACTIONS = {
  cancel: {
    name: 'Cancel',
    done: 'cancelled',
    fits: (job: JobSummary) => !isOver(job),
    run: (id: string) => cancelJob({ client: api, path: { job_id: id } }),
  },
  retry: {
    name: 'Try again',
    done: 'put back into the queue',
    fits: (job: JobSummary) => job.status === 'failed' || job.status === 'cancelled',
    run: (id: string) => retryJob({ client: api, path: { job_id: id }, body: {} }),
  },
  delete: {
    name: 'Delete',
    done: 'deleted',
    fits: isOver,
    run: (id: string) => deleteJob({ client: api, path: { job_id: id } }),
  },
} as const;

export type JobAction = keyof typeof JOB_ACTIONS;

/** Does it to each. @returns a sentence that says what came of it, and whether all went well */
export async function doToJobs(
  action: JobAction,
  ids: readonly string[],
): Promise<{ text: string; kind: 'done' | 'failed' }> {
  const waiting = [...ids];
  const reasons: string[] = [];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await JOB_ACTIONS[action].run(id).catch((error: unknown) => reasons.push(problemOf(error).detail));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const done = `${countOf(ids.length - reasons.length)} ${JOB_ACTIONS[action].done}.`;
  if (reasons.length === 0) return { text: done, kind: 'done' };
  return { text: `${done} ${countOf(reasons.length)} not: ${reasons[0] ?? ''}`, kind: 'failed' };
}

export function countOf(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs} jobs`;
}

export function downloadAddress(id: string, format: Format): string {
  return addressOf(`transcripts/${encodeURIComponent(id)}/download?format=${format}`);
}

/** Has the browser save the transcripts of several jobs, a file each. */
export function downloadAll(ids: readonly string[], format: Format): void {
  for (const id of ids) {
    const link = document.createElement('a');
    link.href = downloadAddress(id, format);
    link.download = '';
    link.click();
  }
}
