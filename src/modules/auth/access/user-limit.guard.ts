import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RequestLimits } from '../../../platform/rate-limit/request-limits.js';
import { findPrincipal } from './current-principal.decorator.js';

/** Bounds what one user asks, by whatever keys and sessions and from wherever. Runs behind the access guard, which knows who it is. */
@Injectable()
export class UserLimitGuard implements CanActivate {
  constructor(private readonly limits: RequestLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const principal = findPrincipal(context);
    if (principal !== undefined) await this.limits.take('user', principal.userId, context);
    return true;
  }
}
