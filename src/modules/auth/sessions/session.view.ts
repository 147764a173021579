import type { Principal } from '../access/principal.view.js';

/** What users may know of their sessions. */
export interface SessionView {
  readonly id: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

/** A session that has just begun. */
export interface BegunSession {
  readonly principal: Principal;
  readonly sessionId: string;
  readonly tokens: IssuedTokens;
}

/** What a sign-in, or a refresh, gives. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Until when the refresh token is good. */
  readonly refreshUntil: Date;
}
