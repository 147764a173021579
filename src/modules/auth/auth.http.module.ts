import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { AccountController } from './sessions/account.controller.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { AuthModule } from './auth.module.js';
import { OwnDataController, UserDataController } from './personal-data/personal-data.controller.js';
import { PersonalDataService } from './personal-data/personal-data.service.js';
import { PersonalRowsRepository } from './personal-data/personal-rows.repository.js';
import { LookGuard } from './access/look.guard.js';
import { UserLimitGuard } from './access/user-limit.guard.js';
import { SignInController } from './sessions/sign-in.controller.js';
import { ApiKeyStrategy } from './access/strategies/api-key.strategy.js';
import { LocalMachineStrategy } from './access/strategies/local-machine.strategy.js';
import { FirstAdministrator } from './users/first-administrator.service.js';
import { SessionStrategy } from './access/strategies/session.strategy.js';

/** The guard of every route, the routes about accounts, and the first of these. */
@Module({
  imports: [AuthModule],
  controllers: [
    SignInController,
    AccountController,
    ApiKeysController,
    OwnDataController,
    UserDataController,
  ],
  providers: [
    FirstAdministrator,
    PersonalDataService,
    PersonalRowsRepository,
    LocalMachineStrategy,
    ApiKeyStrategy,
    SessionStrategy,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: UserLimitGuard },
    { provide: APP_GUARD, useClass: LookGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
})
export class AuthHttpModule {}
