import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimitPolicy } from '../rate-limiter.port.js';
import { FlexibleRateLimiter } from './flexible.rate-limiter.js';

/** Counts what this process sees. */
export class MemoryRateLimiter extends FlexibleRateLimiter {
  protected open({ name, quota, windowSeconds }: RateLimitPolicy): RateLimiterMemory {
    return new RateLimiterMemory({ keyPrefix: name, points: quota, duration: windowSeconds });
  }
}
