import {
  cancelJob,
  deleteJob,
  exportTranscripts,
  retryJob,
  type JobSummary,
} from '@whisper-transcriber/client-sdk';
import { problemOf } from '../api/problem';
import { api } from '../api/service';
import { isOver } from './job-words';

export const FORMATS = ['txt', 'docx', 'srt', 'vtt', 'tsv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** How many requests are on their way at a time when something is done to many jobs. */
const AT_A_TIME = 4;
/** How many the service puts into an archive. */
const MOST_IN_ZIP = 200;
const KEEP_FILE_MS = 60_000;

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

/** Has the browser save the transcripts of several jobs as one ZIP for each `MOST_IN_ZIP` of them. @throws TranscriberError */
export async function downloadAll(ids: readonly string[], format: Format): Promise<void> {
  for (let begin = 0; begin < ids.length; begin += MOST_IN_ZIP) {
    const job_ids = ids.slice(begin, begin + MOST_IN_ZIP);
    const { data } = await exportTranscripts({ client: api, body: { job_ids, format }, parseAs: 'blob' });
    saveFile(data, 'transcripts.zip');
  }
}

function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Not at once: some browsers read it a moment later.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEEP_FILE_MS);
}
