import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { FirstAdministrator } from './first-administrator.service.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInBackoff } from './sign-in-backoff.js';
import { SignInService } from './sign-in.service.js';
import { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

export const AUTH_ENTITIES = [User, Session, RefreshToken, ApiKey];

@Module({
  providers: [
    AccessTokens,
    ApiKeysRepository,
    ApiKeysService,
    FirstAdministrator,
    SessionsRepository,
    SessionsService,
    SignInBackoff,
    SignInService,
    UsersRepository,
    UsersService,
  ],
  exports: [ApiKeysService, SessionsService, SignInService, UsersService],
})
export class AuthModule {}
