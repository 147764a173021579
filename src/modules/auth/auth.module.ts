import { Module } from '@nestjs/common';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

export const AUTH_ENTITIES = [User, Session, ApiKey];

@Module({
  providers: [ApiKeysRepository, ApiKeysService, UsersRepository],
  exports: [ApiKeysService],
})
export class AuthModule {}
