import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { credentialsOf } from '../credentials.js';
import { isLoopbackHost, isOwnPage, originOf } from '../local-access.policy.js';
import { LOCAL_PRINCIPAL } from '../local-user.view.js';
import type { Principal } from '../principal.view.js';
import { RequestStrategy } from './request.strategy.js';

export const LOCAL_MACHINE = 'local-machine';

/**
 * Whoever asks from this machine without any credentials is its user, where ANONYMOUS_LOCAL says so. Wrong credentials stay wrong, and a page
 * of another origin is nobody, even one that may use the API.
 */
@Injectable()
export class LocalMachineStrategy extends PassportStrategy(RequestStrategy, LOCAL_MACHINE) {
  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    super();
  }

  validate(request: Request): Principal | null {
    const { auth, http } = this.config;
    if (!auth.anonymousLocal || credentialsOf(request).kind !== 'none') return null;
    const from = originOf(request.headers);
    return isLoopbackHost(from.host) && isOwnPage(from, http.publicUrl) ? LOCAL_PRINCIPAL : null;
  }
}
