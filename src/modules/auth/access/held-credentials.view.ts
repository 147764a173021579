import type { Credentials } from './credentials.js';
import type { Principal } from './principal.view.js';

/** What a request came with, for answers that outlast it. */
export interface HeldCredentials {
  readonly principal: Principal;
  readonly credentials: Credentials;
}
