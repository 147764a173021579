import { Module } from '@nestjs/common';
import { AuditEvent } from './audit/audit-event.entity.js';
import { AuditEventsRepository } from './audit/audit-events.repository.js';
import { AuditTrail } from './audit/audit-trail.service.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { CredentialsWatchService } from './access/credentials-watch.service.js';
import { OwnersRegistry } from './access/owners.registry.js';
import { PersonalDataRegistry } from './personal-data/personal-data.registry.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ApiKeysRepository } from './api-keys/api-keys.repository.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { IdempotencyKey } from './idempotency/idempotency-key.entity.js';
import { IdempotencyKeysRepository } from './idempotency/idempotency-keys.repository.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { BootstrapPassword } from './users/bootstrap-password.entity.js';
import { BootstrapPasswordsRepository } from './users/bootstrap-passwords.repository.js';
import { KnownAddress } from './sessions/known-address.entity.js';
import { KnownAddresses } from './sessions/known-addresses.js';
import { KnownAddressesRepository } from './sessions/known-addresses.repository.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { Session } from './sessions/session.entity.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInBackoff } from './sessions/sign-in-backoff.js';
import { SignInFailures } from './sessions/sign-in-failures.js';
import { SignInService } from './sessions/sign-in.service.js';
import { User } from './users/user.entity.js';
import { UserQuotasService } from './users/user-quotas.service.js';
import { UsersRepository } from './users/users.repository.js';
import { UsersService } from './users/users.service.js';

export const AUTH_ENTITIES = [
  User,
  BootstrapPassword,
  Session,
  RefreshToken,
  KnownAddress,
  ApiKey,
  AuditEvent,
  IdempotencyKey,
];

@Module({
  providers: [
    AccessTokens,
    ApiKeysRepository,
    ApiKeysService,
    AuditEventsRepository,
    AuditTrail,
    BootstrapPasswordsRepository,
    CredentialsWatchService,
    IdempotencyKeysRepository,
    IdempotencyService,
    KnownAddresses,
    KnownAddressesRepository,
    OwnersRegistry,
    PersonalDataRegistry,
    SessionsRepository,
    SessionsService,
    SignInBackoff,
    SignInFailures,
    SignInService,
    UserQuotasService,
    UsersRepository,
    UsersService,
  ],
  exports: [
    ApiKeysService,
    AuditTrail,
    BootstrapPasswordsRepository,
    CredentialsWatchService,
    IdempotencyService,
    OwnersRegistry,
    PersonalDataRegistry,
    SessionsService,
    SignInService,
    UserQuotasService,
    UsersRepository,
    UsersService,
  ],
})
export class AuthModule {}
