import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { credentialsOf } from '../credentials.js';
import { isLoopbackHost } from '../local-access.policy.js';
import { LOCAL_PRINCIPAL } from '../local-user.view.js';
import type { Principal } from '../principal.view.js';
import { RequestStrategy } from './request.strategy.js';

export const LOCAL_MACHINE = 'local-machine';

/** Whoever asks from this machine without any credentials is its user, where ANONYMOUS_LOCAL says so. Wrong credentials stay wrong. */
@Injectable()
export class LocalMachineStrategy extends PassportStrategy(RequestStrategy, LOCAL_MACHINE) {
  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    super();
  }

  validate(request: Request): Principal | null {
    const anonymous = this.config.auth.anonymousLocal && credentialsOf(request).kind === 'none';
    return anonymous && isLoopbackHost(request.headers.host) ? LOCAL_PRINCIPAL : null;
  }
}
