import type { Role } from '../access/scopes.policy.js';

/** What may be known of a user. */
export interface UserView {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
  readonly mustChangePassword: boolean;
  /** By password; null: never, or before that was kept. */
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
}
