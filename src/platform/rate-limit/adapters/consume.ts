import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimitState } from '../rate-limiter.port.js';

/** The library tells of a quota that is used up by rejecting. */
export async function consumeFrom(limiter: RateLimiterAbstract, key: string): Promise<RateLimitState> {
  try {
    return toState(await limiter.consume(key), true);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return toState(refused, false);
    throw refused;
  }
}

function toState({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): RateLimitState {
  return { allowed, remaining: remainingPoints, resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
