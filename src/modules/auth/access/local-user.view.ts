import type { Principal } from './principal.view.js';
import { scopesOf } from './scopes.policy.js';

/** The account that belongs to whoever sits at this machine. The second migration made it; nobody can sign in as it. */
export const LOCAL_USER_ID = '00000000-0000-7000-8000-000000000001';

export const LOCAL_PRINCIPAL: Principal = {
  userId: LOCAL_USER_ID,
  username: 'local',
  role: 'admin',
  scopes: scopesOf('admin'),
  how: 'local',
  sessionId: null,
  apiKeyId: null,
  validUntil: null,
  mustChangePassword: false,
};
