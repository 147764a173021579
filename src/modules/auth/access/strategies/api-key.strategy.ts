import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { credentialsOf } from '../credentials.js';
import type { Principal } from '../principal.view.js';
import { RequestStrategy } from './request.strategy.js';

export const API_KEY = 'api-key';

@Injectable()
export class ApiKeyStrategy extends PassportStrategy(RequestStrategy, API_KEY) {
  constructor(private readonly keys: ApiKeysService) {
    super();
  }

  async validate(request: Request): Promise<Principal | null> {
    const credentials = credentialsOf(request);
    return credentials.kind === 'api_key' ? this.keys.authenticate(credentials.secret) : null;
  }
}
