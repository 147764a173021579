import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimiter, RateLimitPolicy, RateLimitState } from '../rate-limiter.port.js';

/** Counts by the library, with a limiter of its own for each policy. */
export abstract class FlexibleRateLimiter implements RateLimiter {
  private readonly limiters = new Map<string, RateLimiterAbstract>();

  async consume(policy: RateLimitPolicy, key: string): Promise<RateLimitState> {
    try {
      return toState(await this.limiterOf(policy).consume(key), true);
    } catch (refused) {
      // So the library tells of a quota that is used up.
      if (refused instanceof RateLimiterRes) return toState(refused, false);
      throw refused;
    }
  }

  protected abstract open(policy: RateLimitPolicy): RateLimiterAbstract;

  private limiterOf(policy: RateLimitPolicy): RateLimiterAbstract {
    // How many there may be can change at run time; the library keeps it.
    const name = `${policy.name} ${policy.quota}`;
    const limiter = this.limiters.get(name) ?? this.open(policy);
    this.limiters.set(name, limiter);
    return limiter;
  }
}

function toState(
  { consumedPoints, remainingPoints, msBeforeNext }: RateLimiterRes,
  allowed: boolean,
): RateLimitState {
  const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return { allowed, used: consumedPoints, remaining: remainingPoints, resetSeconds };
}
