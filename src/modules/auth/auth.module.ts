import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { ApiKey } from './api-key.entity.js';
import { Session } from './session.entity.js';
import { LocalMachineStrategy } from './strategies/local-machine.strategy.js';
import { User } from './user.entity.js';

export const AUTH_ENTITIES = [User, Session, ApiKey];

@Module({ providers: [LocalMachineStrategy, { provide: APP_GUARD, useClass: AccessGuard }] })
export class AuthModule {}
