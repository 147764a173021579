import type { Role, Scope } from './scopes.policy.js';

/** Who asks, and what the credentials of this request allow. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  /** By which kind of credentials. */
  readonly how: 'local' | 'api_key' | 'session';
  /** Of a request with an access token. */
  readonly sessionId: string | null;
  /** Of a request with an API key. */
  readonly apiKeyId: string | null;
  /** When the credentials end; null: not on a day that is known. */
  readonly validUntil: Date | null;
  /** Whose things an administrator sees in this request, as was told to the audit trail; undefined: their own. */
  readonly looksAtOwner?: string;
  /** The password was given by somebody else; until it is changed the rest stays closed. */
  readonly mustChangePassword: boolean;
}
