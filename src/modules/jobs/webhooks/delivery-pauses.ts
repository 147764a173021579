import { jitter } from '../../../platform/runtime/jitter.js';

/** Seconds after the first failure, the second … A day in all, as the Standard Webhooks specification recommends. */
export const DELIVERY_PAUSES_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 21_600] as const;

/** Seconds until the next attempt; null when there were enough. */
export function pauseAfter(attempts: number): number | null {
  const seconds = DELIVERY_PAUSES_SECONDS[attempts - 1];
  return seconds === undefined ? null : jitter(seconds);
}
