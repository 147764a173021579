import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { RATE_LIMITER, type RateLimiter } from './rate-limiter.port.js';

const WINDOW_SECONDS = 60;

/** Counts requests a minute, and says on every answer what is left, by the fields of draft-ietf-httpapi-ratelimit-headers. */
@Injectable()
export class RequestLimits {
  constructor(@Inject(RATE_LIMITER) private readonly limiter: RateLimiter) {}

  /**
   * Takes one request from what `key` has.
   *
   * @param perMinute 0: as many as there may be
   * @throws AppError rate_limited
   */
  async take(name: string, perMinute: number, key: string, response: Response): Promise<void> {
    if (perMinute === 0) return;
    const policy = { name, quota: perMinute, windowSeconds: WINDOW_SECONDS };
    const { allowed, remaining, resetSeconds } = await this.limiter.consume(policy, key);
    response.append('RateLimit-Policy', `"${name}";q=${perMinute};w=${WINDOW_SECONDS}`);
    response.append('RateLimit', `"${name}";r=${remaining};t=${resetSeconds}`);
    if (!allowed)
      throw new AppError('rate_limited', `There may be ${perMinute} requests a minute per ${name}.`, {
        retryAfter: resetSeconds,
      });
  }
}
