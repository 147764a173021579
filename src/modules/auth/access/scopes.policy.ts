/** What credentials may be used for; each route names those of which one is needed. */
export const SCOPES = ['transcribe', 'read', 'manage', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['admin', 'user'] as const;
export type Role = (typeof ROLES)[number];

/** All that people of a role may do, and so the most that their keys may. */
export function scopesOf(role: Role): readonly Scope[] {
  return role === 'admin' ? SCOPES : SCOPES.filter((scope) => scope !== 'admin');
}

/** What is left of the scopes of a key when its owner has this role now. */
export function limitToRole(scopes: readonly Scope[], role: Role): readonly Scope[] {
  const allowed = scopesOf(role);
  return scopes.filter((scope) => allowed.includes(scope));
}
