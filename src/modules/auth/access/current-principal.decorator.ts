import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './principal.view.js';

/** Where the access guard puts the principal. */
export const PRINCIPAL_PROPERTY = 'principal';

/** Who asks. Only on routes that require a scope: others have nobody. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context),
);

export function principalOf(context: ExecutionContext): Principal {
  const principal = findPrincipal(context);
  if (principal === undefined) throw new Error('This route has no principal: it requires no scope');
  return principal;
}

/** Undefined on routes that ask nobody who they are. */
export function findPrincipal(context: ExecutionContext): Principal | undefined {
  return context.switchToHttp().getRequest<{ [PRINCIPAL_PROPERTY]?: Principal }>()[PRINCIPAL_PROPERTY];
}
