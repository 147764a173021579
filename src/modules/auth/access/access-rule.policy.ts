import type { Principal } from './principal.view.js';
import type { Scope } from './scopes.policy.js';

/** What a route asks of the one who calls it. */
export interface AccessRule {
  /** In words, for who is refused. */
  readonly needs: string;
  /** Whether it may be called before a password that somebody else gave was changed. */
  readonly beforePasswordChange: boolean;
  allows(principal: Principal): boolean;
}

export function oneOfScopes(scopes: readonly Scope[]): AccessRule {
  return {
    needs: `the scope ${scopes.join(' or ')}`,
    beforePasswordChange: false,
    allows: (principal) => scopes.some((scope) => principal.scopes.includes(scope)),
  };
}

/** What hands out a password: by it a key would become a person, and outlive its end. */
export function scopeWithoutKey(scope: Scope): AccessRule {
  const rule = oneOfScopes([scope]);
  return {
    ...rule,
    needs: `${rule.needs} and no API key`,
    allows: (principal) => principal.how !== 'api_key' && rule.allows(principal),
  };
}

export const ANY_CREDENTIALS: AccessRule = {
  needs: 'credentials',
  beforePasswordChange: true,
  allows: () => true,
};

/** What is about a person and their sign-ins, which no key may touch. */
export const A_SESSION: AccessRule = {
  needs: 'a sign-in by password',
  beforePasswordChange: true,
  allows: ({ how }) => how === 'session',
};
