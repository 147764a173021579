import type { FieldProblem, Job, Problem, Readiness } from './generated/types.gen.js';

/** What the service says, or what can go wrong without an answer of it. */
export type ErrorCode =
  | Problem['code']
  /** There was no answer. */
  | 'unreachable'
  /** What answered is not the service: a proxy before it, say. */
  | 'answer_invalid'
  /** A probe says that the service is not ready. */
  | 'not_ready'
  | 'job_cancelled';

interface ErrorFacts {
  readonly code: ErrorCode;
  readonly status: number;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly retryAfter: number | null;
}

/** A request that was refused or failed. Branch on `code`. */
export class TranscriberError extends Error {
  override readonly name: string = 'TranscriberError';
  /** Stable; docs/errors.md lists those of the service. */
  readonly code: ErrorCode;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  /** Names the request in the log of the service. */
  readonly requestId: string | null;
  /** The fields that are wrong. */
  readonly fields: readonly FieldProblem[];
  /** Seconds after which to try again, where the service says so. */
  readonly retryAfter: number | null;

  constructor(
    message: string,
    facts: Partial<ErrorFacts> & Pick<ErrorFacts, 'code'>,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = facts.code;
    this.status = facts.status ?? 0;
    this.requestId = facts.requestId ?? null;
    this.fields = facts.fields ?? [];
    this.retryAfter = facts.retryAfter ?? null;
  }
}

/** A job that ended without a transcript. `code` says why. */
export class JobEndedError extends TranscriberError {
  override readonly name = 'JobEndedError';

  constructor(readonly job: Job) {
    const code = (job.error?.code as ErrorCode | undefined) ?? 'job_cancelled';
    super(job.error?.detail ?? 'The job was cancelled.', { code });
  }
}

/** A probe that said no. `readiness` says of each part whether it works. */
export class NotReadyError extends TranscriberError {
  override readonly name = 'NotReadyError';

  constructor(
    readonly readiness: Readiness,
    facts: Partial<ErrorFacts>,
  ) {
    const parts = Object.keys(readiness.error).join(', ');
    super(parts === '' ? 'The service is not ready.' : `The service is not ready: ${parts}.`, {
      ...facts,
      code: 'not_ready',
    });
  }
}

/** @param body what the answer holds, as far as it is known */
export function errorOfAnswer(response: Response, body: unknown): TranscriberError {
  const { status, headers } = response;
  const facts = { status, requestId: headers.get('x-request-id'), retryAfter: readRetryAfter(headers) };
  if (isReadiness(body)) return new NotReadyError(body, facts);
  if (!isProblem(body))
    return new TranscriberError(`The answer, of status ${status}, is not one of the service.`, {
      code: 'answer_invalid',
      ...facts,
    });
  return new TranscriberError(body.detail, { ...facts, code: body.code, fields: body.errors ?? [] });
}

/** Like `errorOfAnswer`, of an answer that nobody has read yet. */
export async function readError(response: Response): Promise<TranscriberError> {
  return errorOfAnswer(response, await response.json().catch(() => undefined));
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

function isReadiness(body: unknown): body is Readiness {
  return (
    typeof body === 'object' &&
    body !== null &&
    'status' in body &&
    (body.status === 'error' || body.status === 'shutting_down') &&
    'error' in body &&
    typeof body.error === 'object' &&
    body.error !== null &&
    'details' in body
  );
}

function readRetryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
