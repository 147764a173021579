/** Settings of a service that is asked more often than anybody may, for tests of something else. */
export const NO_RATE_LIMITS = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
  RATE_LIMIT_USER_PER_MINUTE: '0',
  RATE_LIMIT_PIECES_PER_MINUTE: '0',
} as const;
