import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { credentialsOf } from '../credentials.js';
import { assertSameOrigin } from '../local-access.policy.js';
import type { Principal } from '../principal.view.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { RequestStrategy } from './request.strategy.js';

export const SESSION = 'session';

const READS = ['GET', 'HEAD', 'OPTIONS'];

@Injectable()
export class SessionStrategy extends PassportStrategy(RequestStrategy, SESSION) {
  constructor(
    private readonly sessions: SessionsService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    super();
  }

  async validate(request: Request): Promise<Principal | null> {
    const credentials = credentialsOf(request);
    if (credentials.kind !== 'access_token') return null;
    if (credentials.byCookie && !READS.includes(request.method)) assertSameOrigin(request, this.config);
    return this.sessions.authenticate(credentials.secret);
  }
}
