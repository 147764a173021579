import type { TranscriptAccess } from '../../../platform/config/transcript-access.js';
import type { Principal } from './principal.view.js';

/** A condition on rows that have an owner. */
export interface OwnerFilter {
  readonly ownerId: string;
}

/**
 * The rows that somebody may see, change or delete: their own. Administrators are no exception: their role opens the admin module, not
 * other people's recordings, unless a look at those was allowed and told of. Every query for a client goes through this, so what is
 * another's looks like what does not exist.
 */
export function ownedBy({ userId, looksAtOwner }: Principal): OwnerFilter {
  return { ownerId: looksAtOwner ?? userId };
}

/** A key has to be one for administration too. */
export function mayLookAtOthers({ role, scopes }: Principal, access: TranscriptAccess): boolean {
  return access === 'audited' && role === 'admin' && scopes.includes('admin');
}

/** The same one for a request that only reads. */
export function lookingAt(principal: Principal, ownerId: string): Principal {
  return { ...principal, looksAtOwner: ownerId };
}
