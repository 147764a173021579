import type { Role, Scope } from './scopes.policy.js';

/** Who asks, and what the credentials of this request allow. */
export interface Principal {
  readonly userId: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  /** By which kind of credentials. */
  readonly how: 'local' | 'api_key';
  /** When the credentials end; null: not on a day that is known. */
  readonly validUntil: Date | null;
}
