import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimitPolicy } from '../rate-limiter.port.js';
import { FlexibleRateLimiter } from './flexible.rate-limiter.js';

/** Counts what all processes on one Redis see. While that is away each counts for itself. */
export class RedisRateLimiter extends FlexibleRateLimiter {
  constructor(private readonly redis: Redis) {
    super();
  }

  protected open({ name, quota, windowSeconds }: RateLimitPolicy): RateLimiterRedis {
    const quantities = { points: quota, duration: windowSeconds };
    return new RateLimiterRedis({
      ...quantities,
      storeClient: this.redis,
      keyPrefix: `whisper:rate:${name}`,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ ...quantities, keyPrefix: name }),
    });
  }
}
