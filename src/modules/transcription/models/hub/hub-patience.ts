import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../../platform/errors/app-error.js';
import { jitter } from '../../../../platform/runtime/jitter.js';

/** How long is waited for the hub, and how often it is tried. */
export interface HubPatience {
  /** Without an answer, or without a further byte of it. */
  readonly silenceMs: number;
  /** Attempts in a row that bring nothing. One that brings bytes begins the count anew. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly firstPauseMs: number;
  /** A hub that asks for more than this is not waited for. */
  readonly longestPauseMs: number;
}

/** The hub counts requests in windows of five minutes. */
export const HUB_PATIENCE: HubPatience = {
  silenceMs: 30_000,
  attempts: 6,
  firstPauseMs: 1000,
  longestPauseMs: 300_000,
};

/**
 * Repeats what failed for a reason that passes: no connection, a broken one, an overloaded hub.
 *
 * @param progress how much there is of what the attempts are for
 */
export async function withPatience<T>(
  patience: HubPatience,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  let failures = 0;
  let most = progress();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError) || !isPassing(error)) throw error;
      if (progress() > most) failures = 0;
      most = Math.max(most, progress());
      failures += 1;
      const pauseMs = pauseAfter(failures, error.retryAfter, patience);
      if (failures >= patience.attempts || pauseMs === null) throw error;
      await delay(pauseMs, undefined, { signal });
    }
  }
}

function isPassing(error: AppError): boolean {
  return error.code === 'hub_unreachable' || error.code === 'hub_rate_limited';
}

/**
 * How long to wait after so many failures in a row.
 *
 * @param retryAfter seconds that the hub asked for
 * @returns null when the hub asks for more than is waited for
 */
export function pauseAfter(
  failures: number,
  retryAfter: number | undefined,
  patience: HubPatience,
): number | null {
  const backOff = jitter(Math.min(patience.firstPauseMs * 2 ** (failures - 1), patience.longestPauseMs));
  const asked = (retryAfter ?? 0) * 1000;
  // Sooner than it asked the hub would only refuse again, and all who were refused together should not come back together.
  return asked > patience.longestPauseMs ? null : Math.max(backOff, asked + jitter(asked / 10));
}
