import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { actorOf } from './current-actor.decorator.js';
import { findPrincipal, PRINCIPAL_PROPERTY } from './current-principal.decorator.js';
import { LOOK, LOOKS, type Look } from './look.decorator.js';
import { lookingAt, mayLookAtOthers } from './ownership.policy.js';
import { OwnersRegistry } from './owners.registry.js';
import type { Principal } from './principal.view.js';

/** Has administrators see what is another's for one request, where that is allowed, and tells the trail of it first. */
@Injectable()
export class LookGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly owners: OwnersRegistry,
    private readonly audit: AuditTrail,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const look = this.reflector.get<Look | undefined>(LOOK, context.getHandler());
    const principal = findPrincipal(context);
    if (look === undefined || principal === undefined) return true;
    if (mayLookAtOthers(principal, this.config.auth.transcriptAccess))
      await this.look(context, principal, look);
    return true;
  }

  private async look(context: ExecutionContext, principal: Principal, look: Look): Promise<void> {
    const { parameter, owned, action } = LOOKS[look];
    const request = context
      .switchToHttp()
      .getRequest<Request<Record<string, string>> & { [PRINCIPAL_PROPERTY]?: Principal }>();
    const id = request.params[parameter]?.toLowerCase() ?? '';
    const ownerId = isUuid(id) ? await this.owners.find(owned, id) : null;
    if (ownerId === null || ownerId === principal.userId) return;
    await this.audit.recordAlone(actorOf(context), action, id, { user_id: ownerId });
    request[PRINCIPAL_PROPERTY] = lookingAt(principal, ownerId);
  }
}
