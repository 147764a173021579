import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { toAddressKey } from './address-key.js';
import { RequestLimits } from './request-limits.js';
import { UNLIMITED } from './unlimited.decorator.js';

/** Bounds what comes from one address, before anybody is asked who they are: that costs time too. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(UNLIMITED, places) === true) return true;
    const request = context.switchToHttp().getRequest<Request>();
    await this.limits.take('address', toAddressKey(request.ip ?? ''), context);
    return true;
  }
}
