import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimiter, RateLimitPolicy, RateLimitState } from '../rate-limiter.port.js';
import { consumeFrom } from './consume.js';

/** Counts what all processes on one Redis see. While that is away each counts for itself. */
export class RedisRateLimiter implements RateLimiter {
  private readonly limiters = new Map<string, RateLimiterRedis>();

  constructor(private readonly redis: Redis) {}

  consume(policy: RateLimitPolicy, key: string): Promise<RateLimitState> {
    return consumeFrom(this.limiterOf(policy), key);
  }

  private limiterOf({ name, quota, windowSeconds }: RateLimitPolicy): RateLimiterRedis {
    const quantities = { points: quota, duration: windowSeconds };
    const limiter =
      this.limiters.get(name) ??
      new RateLimiterRedis({
        ...quantities,
        storeClient: this.redis,
        keyPrefix: `whisper:rate:${name}`,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ ...quantities, keyPrefix: name }),
      });
    this.limiters.set(name, limiter);
    return limiter;
  }
}
