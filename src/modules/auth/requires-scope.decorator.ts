import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import type { Scope } from './scopes.policy.js';

export const REQUIRED_SCOPES = 'auth:required-scopes';

/** Opens a route to those whose credentials have one of these scopes. A route that declares nothing is closed. */
export function RequiresScope(...scopes: readonly [Scope, ...Scope[]]): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIRED_SCOPES, scopes),
    ApiBearerAuth('bearer'),
    ApiSecurity('api_key'),
    ApiProblems('unauthenticated', 'access_denied', 'origin_forbidden', 'database_unavailable'),
  );
}
