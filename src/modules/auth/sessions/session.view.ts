/** What users may know of their sessions. */
export interface SessionView {
  readonly id: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

/** What a sign-in, or a refresh, gives. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Until when the refresh token is good. */
  readonly refreshUntil: Date;
}
