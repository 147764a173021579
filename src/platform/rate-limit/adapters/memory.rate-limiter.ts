import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiter, RateLimitPolicy, RateLimitState } from '../rate-limiter.port.js';
import { consumeFrom } from './consume.js';

/** Counts what this process sees. */
export class MemoryRateLimiter implements RateLimiter {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  consume(policy: RateLimitPolicy, key: string): Promise<RateLimitState> {
    return consumeFrom(this.limiterOf(policy), key);
  }

  private limiterOf({ name, quota, windowSeconds }: RateLimitPolicy): RateLimiterMemory {
    const limiter =
      this.limiters.get(name) ??
      new RateLimiterMemory({ keyPrefix: name, points: quota, duration: windowSeconds });
    this.limiters.set(name, limiter);
    return limiter;
  }
}
