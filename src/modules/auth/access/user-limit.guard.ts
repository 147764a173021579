import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { RequestLimits } from '../../../platform/rate-limit/request-limits.js';
import { findPrincipal } from './current-principal.decorator.js';

/** Bounds what one user asks, by whatever keys and sessions and from wherever. Runs behind the access guard, which knows who it is. */
@Injectable()
export class UserLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RequestLimits,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const principal = findPrincipal(context);
    if (principal === undefined) return true;
    const response = context.switchToHttp().getResponse<Response>();
    await this.limits.take('user', this.config.rateLimits.userPerMinute, principal.userId, response);
    return true;
  }
}
