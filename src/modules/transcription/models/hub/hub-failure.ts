import { AppError } from '../../../../platform/errors/app-error.js';
import { codeOf } from '../../../../platform/runtime/system-calls.js';
import { readRetryAfter } from './retry-after.js';

/** The hub says in this header what an anonymous 401 or a 404 is about. */
const REASON_HEADER = 'x-error-code';
const REASONS: Readonly<Record<string, string>> = {
  RepoNotFound: 'does not have this repository, or shows it only with a token',
  RevisionNotFound: 'does not have this revision; check MODEL_REVISION',
  EntryNotFound: 'does not have this file',
};

/** The error for an answer that is not a success. @param what was asked for, for people */
export function failureOf(response: Response, what: string, now: Date): AppError {
  const { status } = response;
  const reason = REASONS[response.headers.get(REASON_HEADER) ?? ''];
  if (status === 404 || status === 410 || reason !== undefined) {
    return new AppError('hub_file_missing', `The hub ${reason ?? 'does not have it'} (${what}).`);
  }
  if (status === 401 || status === 403) {
    return new AppError(
      'hub_refused',
      `The hub refuses ${what} (${status}). It may need a token (MODEL_HUB_TOKEN) with access to it.`,
    );
  }
  const retryAfter = readRetryAfter(response.headers, now);
  const options = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429) {
    const wait = retryAfter === undefined ? '' : ` for ${retryAfter} s`;
    return new AppError('hub_rate_limited', `The hub takes no more requests${wait}.`, options);
  }
  if (status >= 500 || status === 408) {
    return new AppError('hub_unreachable', `The hub answers ${status} for ${what}.`, options);
  }
  return invalidAnswer(`status ${status} for ${what}`);
}

/** What is at the address does not speak the protocol of the hub. */
export function invalidAnswer(what: string): AppError {
  return new AppError(
    'hub_answer_invalid',
    `The answer is not that of a model hub: ${what}. Check MODEL_HUB_URL.`,
  );
}

/** The error for a request that got no answer, or an answer that broke off. */
export function connectionFailure(error: unknown, silent: boolean): unknown {
  if (error instanceof AppError) return error;
  if (silent) return new AppError('hub_unreachable', 'The hub stopped answering.', { cause: error });
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new AppError('hub_unreachable', `The connection to the hub failed (${codeOf(cause)}).`, {
    cause: error,
  });
}
