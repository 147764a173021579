import type { ErrorCode, TranscriberError } from './transcriber-error.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
/** Whoever is told to wait longer should decide for themselves. */
const LONGEST_ASKED_MS = 60_000;

/** How long to go on with something that fails. */
export class Patience {
  private failures = 0;

  constructor(private readonly retries: number) {}

  /** Failures before do not count any more. */
  renew(): void {
    this.failures = 0;
  }

  /**
   * Resolves when it is time for the next attempt.
   * @throws the error itself when there were too many in a row, or when waiting does not help
   * @throws the reason of the signal
   */
  async afterFailure(error: TranscriberError, signal?: AbortSignal | null): Promise<void> {
    const asked = (error.retryAfter ?? 0) * 1000;
    if (this.failures >= this.retries || !mayPass(error) || asked > LONGEST_ASKED_MS) throw error;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.failures += 1;
    // Many clients that lost the same service do not come back at once.
    await wait(Math.max(asked, pause * (0.5 + Math.random() / 2)), signal);
  }
}

const PASSING_CODES: readonly ErrorCode[] = [
  'idempotency_in_progress',
  'unreachable',
  // A request before has stored more than it could say.
  'upload_offset_wrong',
];

function mayPass({ code, status }: TranscriberError): boolean {
  if (PASSING_CODES.includes(code)) return true;
  // Whoever asks a probe wants to know how it is, not to wait until it is well.
  if (code === 'not_ready') return false;
  // With a code of ours, 502 is about a third party that the service asked.
  if (status === 502) return code === 'answer_invalid';
  return [408, 423, 429, 503, 504].includes(status);
}

/** Ends early when a page comes back online. @throws the reason of the signal */
export function wait(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const page = globalThis as unknown as Partial<EventTarget>;
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      page.removeEventListener?.('online', finish);
    };
    const leave = (): void => {
      stop();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's
      reject(signal?.reason);
    };
    const finish = (): void => {
      stop();
      resolve();
    };
    const timer = setTimeout(finish, ms);
    page.addEventListener?.('online', finish);
    signal?.addEventListener('abort', leave);
    if (signal?.aborted === true) leave();
  });
}
