import { openAsBlob } from 'node:fs';
import path from 'node:path';
import type { Job, Problem, Transcript } from '@whisper-transcriber/client-sdk';

/** Well below the five minutes after which fetch gives up on an answer. */
const PREFER_WAIT = { prefer: 'wait=120' };

/** What became of a file: refused by the upload, or a job that has ended. */
export type Submission = { readonly refused: Problem } | { readonly job: Job };

/** Uploads a file as a browser would and waits, however long it takes, until its job has ended. */
export async function submitFile(
  baseUrl: string,
  file: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Submission> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', await openAsBlob(file), path.basename(file));
  let response = await fetch(`${baseUrl}/upload`, { method: 'POST', body: form, headers: PREFER_WAIT });
  if (!response.ok) return { refused: await refusal(response) };
  let job = await jobOf(response);
  while (job.completed_at === null) {
    response = await fetch(new URL(job.links.self, baseUrl), { headers: PREFER_WAIT });
    job = await jobOf(response);
  }
  return { job };
}

export async function fetchTranscript(baseUrl: string, job: Job): Promise<Transcript> {
  const response = await fetch(new URL(job.links.transcript, baseUrl));
  if (!response.ok) throw new Error(`No transcript of a completed job: ${response.status}`);
  return (await response.json()) as Transcript;
}

async function jobOf(response: Response): Promise<Job> {
  if (!response.ok) throw new Error(`The service does not answer for a job: ${response.status}`);
  return (await response.json()) as Job;
}

async function refusal(response: Response): Promise<Problem> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) {
    throw new Error(`A refusal that is no problem document: ${response.status}`);
  }
  const problem = (await response.json()) as Problem;
  if (problem.status !== response.status) {
    throw new Error(`A problem that calls itself ${problem.status} under ${response.status}`);
  }
  return problem;
}
