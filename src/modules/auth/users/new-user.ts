import type { User } from './user.entity.js';

/** Somebody with a password for one sign-in, which has to be changed there. */
export function newUser(
  { id, username, role, passwordHash }: Pick<User, 'id' | 'username' | 'role'> & { passwordHash: string },
  now: Date,
): User {
  return {
    id,
    username,
    passwordHash,
    role,
    mustChangePassword: true,
    oneTimeUsedAt: null,
    maxActiveJobs: null,
    maxAudioMinutesPerDay: null,
    storageQuotaMb: null,
    lastSignInAt: null,
    disabledAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
