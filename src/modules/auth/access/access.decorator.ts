import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import {
  A_SESSION,
  ANY_CREDENTIALS,
  oneOfScopes,
  scopeWithoutKey,
  type AccessRule,
} from './access-rule.policy.js';
import type { Scope } from './scopes.policy.js';

export const ACCESS_RULE = 'auth:access-rule';
export const OPEN_FOR_SIGNING_IN = 'auth:open-for-signing-in';

/** Opens a route to those whose credentials have one of these scopes. A route that declares nothing is closed. */
export function RequiresScope(...scopes: readonly [Scope, ...Scope[]]): MethodDecorator {
  return requires(oneOfScopes(scopes), ApiSecurity('api_key'), ApiProblems('password_change_required'));
}

/** Opens a route to those with this scope who did not come with an API key. */
export function RequiresScopeWithoutKey(scope: Scope): MethodDecorator {
  return requires(scopeWithoutKey(scope), ApiProblems('password_change_required'));
}

/** Opens a route to everybody who is somebody. */
export function RequiresCredentials(): MethodDecorator {
  return requires(ANY_CREDENTIALS, ApiSecurity('api_key'));
}

/** Opens a route to those who signed in with their password. */
export function RequiresSession(): MethodDecorator {
  return requires(A_SESSION);
}

/** Opens a route to those who are about to say who they are, unless a foreign page made them ask. */
export function OpenForSigningIn(): MethodDecorator {
  return applyDecorators(SetMetadata(OPEN_FOR_SIGNING_IN, true), ApiProblems('origin_forbidden'));
}

function requires(rule: AccessRule, ...more: readonly MethodDecorator[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS_RULE, rule),
    ApiBearerAuth('bearer'),
    ApiCookieAuth('cookie'),
    ApiProblems(
      'unauthenticated',
      'access_denied',
      'origin_forbidden',
      'rate_limited',
      'database_unavailable',
    ),
    ...more,
  );
}
