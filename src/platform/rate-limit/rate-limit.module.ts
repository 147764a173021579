import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { REDIS, RedisModule } from '../redis/redis.module.js';
import { Clock } from '../runtime/clock.js';
import { MemoryBackoff } from './adapters/memory.backoff.js';
import { MemoryRateLimiter } from './adapters/memory.rate-limiter.js';
import { RedisBackoff } from './adapters/redis.backoff.js';
import { RedisRateLimiter } from './adapters/redis.rate-limiter.js';
import { AddressLimitGuard } from './address-limit.guard.js';
import { BACKOFF, type Backoff } from './backoff.port.js';
import { RATE_LIMITER, type RateLimiter } from './rate-limiter.port.js';
import { RequestLimits } from './request-limits.js';

/** What keeps others from taking more than their part: counted by all processes together where there is a Redis. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: RATE_LIMITER,
      inject: [REDIS],
      useFactory: (redis: Redis | null): RateLimiter =>
        redis === null ? new MemoryRateLimiter() : new RedisRateLimiter(redis),
    },
    {
      provide: BACKOFF,
      inject: [REDIS, Clock],
      useFactory: (redis: Redis | null, clock: Clock): Backoff => {
        const memory = new MemoryBackoff(clock);
        return redis === null ? memory : new RedisBackoff(redis, memory);
      },
    },
    RequestLimits,
    { provide: APP_GUARD, useClass: AddressLimitGuard },
  ],
  exports: [BACKOFF, RATE_LIMITER, RequestLimits],
})
export class RateLimitModule {}
