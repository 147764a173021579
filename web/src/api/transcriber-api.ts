import type {
  Job,
  JobList,
  JobSummary,
  Model,
  ModelList,
  Problem as ProblemBody,
  Transcript,
} from '@whisper-transcriber/client-sdk';

/**
 * The only file that talks to the service. Types come from its OpenAPI document; addresses are relative to the page, so that a
 * path prefix in front of both does no harm.
 */

export type { Job, JobList, JobSummary, Model, Transcript };
export type Choices = ModelList;

/** What is used of the answer to an upload. */
export type QueuedJob = Pick<JobSummary, 'job_id'>;

export const TRANSCRIPT_FORMATS = ['txt', 'srt', 'vtt', 'json'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** A refusal or a failure, in words for people. `status` 0: the service was not reached. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null = null,
  ) {
    super(detail);
  }

  /** The same request may succeed later: nothing was wrong with it. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const ANSWER_LIMIT_MS = 15_000;

export function listChoices(): Promise<Choices> {
  return getJson<Choices>('models');
}

export function listJobs(limit: number): Promise<JobList> {
  return getJson<JobList>(`jobs?skip=0&limit=${limit}`);
}

export function getJob(id: string, signal?: AbortSignal): Promise<Job> {
  return getJson<Job>(`jobs/${encodeURIComponent(id)}`, signal);
}

export function getTranscript(id: string, signal?: AbortSignal): Promise<Transcript> {
  return getJson<Transcript>(`transcripts/${encodeURIComponent(id)}`, signal);
}

export function downloadAddress(id: string, format: TranscriptFormat): string {
  return address(`transcripts/${encodeURIComponent(id)}/download?format=${format}`);
}

export function docsAddress(): string {
  return address('docs');
}

export interface UploadOptions {
  readonly model: string;
  /** Empty: let the model find out. */
  readonly language: string;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

/** XMLHttpRequest and not fetch, which cannot tell how much has been sent. Throws Problem, or the signal's reason. */
export function upload(file: File, options: UploadOptions): Promise<QueuedJob> {
  const form = new FormData();
  if (options.model !== '') form.append('model', options.model);
  if (options.language !== '') form.append('language', options.language);
  // The file comes last, so that a wrong option is refused before its bytes travel.
  form.append('file', file, file.name);
  return new Promise<QueuedJob>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => {
      request.abort();
    };
    options.signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = (event) => {
      // What counts is the whole form; its frame is so small that the difference does not show.
      options.onSent(Math.min(file.size, event.loaded));
    };
    request.onload = () => {
      try {
        resolve(readAnswer(request.status, request.responseText) as QueuedJob);
      } catch (problem) {
        reject(toError(problem));
      }
    };
    request.onerror = () => {
      reject(unreachable('The connection broke while the file was being sent.'));
    };
    request.onabort = () => {
      reject(toError(options.signal.reason));
    };
    request.onloadend = () => {
      options.signal.removeEventListener('abort', abort);
    };
    request.open('POST', address('upload'));
    request.setRequestHeader('Accept', 'application/json');
    request.send(form);
  });
}

/** What was thrown is an error in all but its type. */
function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function address(path: string): string {
  return new URL(path, new URL('.', window.location.href)).href;
}

/** Throws Problem, or the signal's reason. */
async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const { status, body } = await getText(path, signal).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw unreachable('The service does not answer.');
  });
  return readAnswer(status, body) as T;
}

/** One promise for the whole answer: the connection may break, and the time run out, while the body still arrives. */
async function getText(path: string, signal?: AbortSignal): Promise<{ status: number; body: string }> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const response = await fetch(address(path), {
    headers: { accept: 'application/json' },
    cache: 'no-store',
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  });
  return { status: response.status, body: await response.text() };
}

/** Throws Problem: what the service said, or that it was not the service that answered. */
function readAnswer(status: number, body: string): unknown {
  if (status < 200 || status > 299) throw toProblem(status, body);
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(
      status,
      'unreadable',
      'Unexpected answer',
      'The answer of the service could not be read.',
    );
  }
}

function unreachable(detail: string): Problem {
  return new Problem(
    0,
    'unreachable',
    'No connection',
    `${detail} Check that it is running and that this device is online.`,
  );
}

function toProblem(status: number, body: string): Problem {
  const problem = parseProblem(body);
  const fields = (problem.errors ?? []).map(({ field, message }) => `${field}: ${message}`).join('; ');
  const detail = problem.detail ?? `The service answered with status ${status}.`;
  return new Problem(
    status,
    problem.code ?? 'unknown',
    problem.title ?? 'The service refused this',
    fields === '' ? detail : `${detail} (${fields})`,
    // Only faults of the service are looked up in its logs.
    status >= 500 ? (problem.request_id ?? null) : null,
  );
}

/** A proxy in front may answer with a page of its own. */
function parseProblem(body: string): Partial<ProblemBody> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
