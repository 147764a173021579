import { addAbortListener } from 'node:events';
import { AppError } from '../errors/app-error.js';

/** Breaks work off when whoever asked for it gives up, or when a step of it takes too long. */
export class TimeLimit {
  /** Its reason is that of the asker, or an AppError url_timeout. */
  readonly signal: AbortSignal;
  private readonly tooLong = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(asker: AbortSignal) {
    this.signal = AbortSignal.any([asker, this.tooLong.signal]);
  }

  /** Begins a step, which ends the one before. */
  begin(limitMs: number, detail: string): void {
    this.end();
    this.timer = setTimeout(() => {
      this.tooLong.abort(new AppError('url_timeout', detail));
    }, limitMs);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('The work was broken off', { cause: reason });
}

/** For work that cannot be broken off: it goes on, but is no longer waited for. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const listening = addAbortListener(signal, () => {
    reject(reasonOf(signal));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    listening[Symbol.dispose]();
  }
}
