import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, type AuthGuardAuthenticateOptions } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { OPEN_TO_ALL } from '../../../platform/http/open-to-all.decorator.js';
import type { AccessRule } from './access-rule.policy.js';
import { ACCESS_RULE, OPEN_FOR_SIGNING_IN } from './access.decorator.js';
import { findPrincipal, PRINCIPAL_PROPERTY } from './current-principal.decorator.js';
import { isOwnPage, originOf } from './local-access.policy.js';
import type { Principal } from './principal.view.js';
import { API_KEY } from './strategies/api-key.strategy.js';
import { LOCAL_MACHINE } from './strategies/local-machine.strategy.js';
import { SESSION } from './strategies/session.strategy.js';

/** Guards every route: it says who asks, and whether they may. A route without a declaration of access is closed. */
@Injectable()
export class AccessGuard extends AuthGuard([API_KEY, SESSION, LOCAL_MACHINE]) {
  constructor(
    private readonly reflector: Reflector,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    const isMarked = (mark: string): boolean =>
      this.reflector.getAllAndOverride<boolean | undefined>(mark, places) === true;
    if (isMarked(OPEN_TO_ALL)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    if (this.config.auth.anonymousLocal || isMarked(OPEN_FOR_SIGNING_IN)) this.assertKnownPage(request);
    if (isMarked(OPEN_FOR_SIGNING_IN)) return true;
    await super.canActivate(context);
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, places);
    assertAllowed(rule, findPrincipal(context));
    return true;
  }

  override getAuthenticateOptions(): AuthGuardAuthenticateOptions {
    return { session: false, property: PRINCIPAL_PROPERTY };
  }

  /** Called with what the strategies found; `false` when none of them knew the credentials. */
  override handleRequest<T = Principal>(error: unknown, principal: T | false): T {
    if (error !== null && error !== undefined) throw error as Error;
    if (principal === false)
      throw new AppError('unauthenticated', 'Sign in, or send an API key that is valid.');
    return principal;
  }

  /** Where no credentials are asked for, where a request comes from tells friend from foe: a foreign page could guess passwords, or sign its visitor in as somebody else. */
  private assertKnownPage(request: Request): void {
    const from = originOf(request);
    const listed = from.origin !== undefined && this.config.http.corsOrigins.includes(from.origin);
    if (!listed && !isOwnPage(from, this.config))
      throw new AppError(
        'origin_forbidden',
        'Only programs and pages of this service may do this. PUBLIC_URL tells its address behind a proxy, CORS_ORIGINS names other pages.',
      );
  }
}

function assertAllowed(rule: AccessRule | undefined, principal: Principal | undefined): void {
  if (rule === undefined || principal === undefined)
    throw new AppError('access_denied', 'Nobody may use this.');
  if (principal.mustChangePassword && !rule.beforePasswordChange)
    throw new AppError('password_change_required', 'Change your password first: POST /auth/change-password.');
  if (!rule.allows(principal)) throw new AppError('access_denied', `This needs ${rule.needs}.`);
}
