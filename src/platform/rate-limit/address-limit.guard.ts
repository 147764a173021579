import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { toAddressKey } from './address-key.js';
import { RequestLimits } from './request-limits.js';
import { UNLIMITED } from './unlimited.decorator.js';

/** Bounds what comes from one address, before anybody is asked who they are: that costs time too. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RequestLimits,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(UNLIMITED, places) === true) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const { addressPerMinute } = this.config.rateLimits;
    await this.limits.take('address', addressPerMinute, toAddressKey(request.ip ?? ''), response);
    return true;
  }
}
