import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { isLocalRequest } from './local-access.policy.js';
import { OPEN_TO_ALL } from '../../platform/http/open-to-all.decorator.js';

/** Guards every route: as long as there are no accounts, the service is for the people at this machine and nobody else. */
@Injectable()
export class LocalAccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const open = this.reflector.getAllAndOverride<boolean | undefined>(OPEN_TO_ALL, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (open === true) return true;
    const { headers } = context.switchToHttp().getRequest<Request>();
    const fetchSite = headers['sec-fetch-site'];
    const origin = {
      host: headers.host,
      origin: headers.origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    };
    const local = isLocalRequest(origin, this.config.http.publicUrl);
    if (!local)
      throw new AppError(
        'origin_forbidden',
        'This service only answers to its own pages and to programs on its machine.',
      );
    return true;
  }
}
