import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { ApiKeysController } from './api-keys.controller.js';
import { AuthModule } from './auth.module.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { LocalMachineStrategy } from './strategies/local-machine.strategy.js';

/** The guard of every route, and the routes about accounts. */
@Module({
  imports: [AuthModule],
  controllers: [ApiKeysController],
  providers: [LocalMachineStrategy, ApiKeyStrategy, { provide: APP_GUARD, useClass: AccessGuard }],
})
export class AuthHttpModule {}
