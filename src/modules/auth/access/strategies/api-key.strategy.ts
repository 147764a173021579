import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { credentialsOf } from '../credentials.js';
import { LOCAL_USER_ID } from '../local-user.view.js';
import type { Principal } from '../principal.view.js';
import { RequestStrategy } from './request.strategy.js';

export const API_KEY = 'api-key';

/** Keys of the user of this machine end where it has no such user: whoever made one may have been anybody with a shell there. */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(RequestStrategy, API_KEY) {
  constructor(
    private readonly keys: ApiKeysService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    super();
  }

  async validate(request: Request): Promise<Principal | null> {
    const credentials = credentialsOf(request);
    if (credentials.kind !== 'api_key') return null;
    const principal = await this.keys.authenticate(credentials.secret);
    return principal?.userId === LOCAL_USER_ID && !this.config.auth.anonymousLocal ? null : principal;
  }
}
