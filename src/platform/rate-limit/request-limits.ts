import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { AppError } from '../errors/app-error.js';
import { RATE_LIMITER, type RateLimiter } from './rate-limiter.port.js';
import { TAKES_PIECES } from './takes-pieces.decorator.js';

const WINDOW_SECONDS = 60;

/** Of whom requests are counted. */
type Counted = 'address' | 'user';

interface Limit {
  /** Names it to clients, and keeps its counts apart from those of others. */
  readonly name: string;
  /** 0: as many as there may be. */
  readonly perMinute: number;
  readonly what: string;
}

/** Counts requests a minute, and says on every answer what is left, by the fields of draft-ietf-httpapi-ratelimit-headers. */
@Injectable()
export class RequestLimits {
  constructor(
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    private readonly reflector: Reflector,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * Takes one request from what `key` has.
   *
   * @throws AppError rate_limited
   */
  async take(counted: Counted, key: string, context: ExecutionContext): Promise<void> {
    const { name, perMinute, what } = this.limitOf(counted, context);
    if (perMinute === 0) return;
    const policy = { name, quota: perMinute, windowSeconds: WINDOW_SECONDS };
    const { allowed, remaining, resetSeconds } = await this.limiter.consume(policy, key);
    const response = context.switchToHttp().getResponse<Response>();
    response.append('RateLimit-Policy', `"${name}";q=${perMinute};w=${WINDOW_SECONDS}`);
    response.append('RateLimit', `"${name}";r=${remaining};t=${resetSeconds}`);
    if (!allowed)
      throw new AppError('rate_limited', `There may be ${perMinute} ${what} a minute per ${counted}.`, {
        retryAfter: resetSeconds,
      });
  }

  private limitOf(counted: Counted, context: ExecutionContext): Limit {
    const { addressPerMinute, userPerMinute, piecesPerMinute } = this.config.rateLimits;
    if (this.reflector.get<boolean | undefined>(TAKES_PIECES, context.getHandler()) === true)
      return { name: `${counted}-pieces`, perMinute: piecesPerMinute, what: 'pieces of uploads' };
    const perMinute = counted === 'address' ? addressPerMinute : userPerMinute;
    return { name: counted, perMinute, what: 'requests' };
  }
}
