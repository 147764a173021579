import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LocalAccessGuard } from './local-access.guard.js';

@Module({ providers: [{ provide: APP_GUARD, useClass: LocalAccessGuard }] })
export class AuthModule {}
