import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';

const LOOK_AGAIN_MS = 50;
/** Left of the grace period for everything that is closed afterwards. */
const RESERVE_MS = 3000;

/** Lets requests that are under way come to their end before the service stops. */
@Injectable()
export class InFlightRequests implements NestMiddleware, BeforeApplicationShutdown {
  private count = 0;

  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  use(_request: Request, response: Response, next: NextFunction): void {
    this.count += 1;
    response.once('close', () => {
      this.count -= 1;
    });
    next();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const limit = AbortSignal.timeout(Math.max(0, this.config.shutdownGraceMs - RESERVE_MS));
    while (this.count > 0 && !limit.aborted) await delay(LOOK_AGAIN_MS);
  }
}
