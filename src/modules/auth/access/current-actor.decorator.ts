import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { clientAddressOf } from '../../../platform/http/client-address.js';
import { requestIdOf } from '../../../platform/logging/request-id.js';
import { knownAs, type AnonymousActor, type KnownActor } from './actor.view.js';
import { principalOf } from './current-principal.decorator.js';

/** Who asks, and from where. Only on routes that require credentials: others have nobody. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): KnownActor =>
  actorOf(context),
);

/** From where somebody asks who need not say who they are. */
export const AnonymousCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): AnonymousActor => ({
    kind: 'anonymous',
    principal: null,
    ...whereFrom(context),
  }),
);

/** Who asks, for guards. */
export function actorOf(context: ExecutionContext): KnownActor {
  return knownAs(principalOf(context), whereFrom(context));
}

function whereFrom(context: ExecutionContext): Pick<AnonymousActor, 'address' | 'requestId'> {
  const request = context.switchToHttp().getRequest<Request>();
  return { address: clientAddressOf(request), requestId: requestIdOf(request) };
}
