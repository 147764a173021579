import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, type AuthGuardAuthenticateOptions } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { OPEN_TO_ALL } from '../../platform/http/open-to-all.decorator.js';
import { PRINCIPAL_PROPERTY } from './current-principal.decorator.js';
import { isLocalRequest, originOf } from './local-access.policy.js';
import type { Principal } from './principal.view.js';
import { REQUIRED_SCOPES } from './requires-scope.decorator.js';
import type { Scope } from './scopes.policy.js';
import { API_KEY } from './strategies/api-key.strategy.js';
import { LOCAL_MACHINE } from './strategies/local-machine.strategy.js';

/** Guards every route: it says who asks, and whether they may. A route without a declaration of access is closed. */
@Injectable()
export class AccessGuard extends AuthGuard([API_KEY, LOCAL_MACHINE]) {
  constructor(
    private readonly reflector: Reflector,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.isOpen(context)) return true;
    const required = this.requiredScopes(context);
    const request = context.switchToHttp().getRequest<Request & { [PRINCIPAL_PROPERTY]?: Principal }>();
    if (this.config.auth.anonymousLocal) this.assertLocal(request);
    await super.canActivate(context);
    const granted = request[PRINCIPAL_PROPERTY]?.scopes ?? [];
    if (required.some((scope) => granted.includes(scope))) return true;
    throw new AppError(
      'access_denied',
      required.length === 0 ? 'Nobody may use this.' : `This needs the scope ${required.join(' or ')}.`,
    );
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

  /** While requests without credentials are let in, what tells friend from foe is where they come from. */
  private assertLocal(request: Request): void {
    if (!isLocalRequest(originOf(request.headers), this.config.http.publicUrl))
      throw new AppError(
        'origin_forbidden',
        'This service only answers to its own pages and to programs on its machine.',
      );
  }

  private isOpen(context: ExecutionContext): boolean {
    const open = this.reflector.getAllAndOverride<boolean | undefined>(OPEN_TO_ALL, placesOf(context));
    return open === true;
  }

  private requiredScopes(context: ExecutionContext): readonly Scope[] {
    const places = placesOf(context);
    return this.reflector.getAllAndOverride<readonly Scope[] | undefined>(REQUIRED_SCOPES, places) ?? [];
  }
}

/** Where a declaration may stand. */
function placesOf(context: ExecutionContext): Parameters<Reflector['getAllAndOverride']>[1] {
  return [context.getHandler(), context.getClass()];
}
