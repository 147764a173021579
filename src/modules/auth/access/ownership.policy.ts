import type { Principal } from './principal.view.js';

/** A condition on rows that have an owner. */
export interface OwnerFilter {
  readonly ownerId: string;
}

/**
 * The rows that somebody may see, change or delete: their own. Administrators are no exception: their role opens the admin module, not
 * other people's recordings. Every query for a client goes through this, so what is another's looks like what does not exist.
 */
export function ownedBy({ userId }: Principal): OwnerFilter {
  return { ownerId: userId };
}
