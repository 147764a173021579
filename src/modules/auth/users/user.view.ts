import type { Role } from '../access/scopes.policy.js';

/** Of one user: zero means without limit, null that the setting of the service holds. */
export interface OwnQuotas {
  readonly maxActiveJobs: number | null;
  readonly maxAudioMinutesPerDay: number | null;
  readonly storageQuotaMb: number | null;
}

/** What may be known of a user. */
export interface UserView {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
  readonly mustChangePassword: boolean;
  /** By password; null: never, or before that was kept. */
  readonly lastSignInAt: Date | null;
  readonly quotas: OwnQuotas;
  readonly createdAt: Date;
}
