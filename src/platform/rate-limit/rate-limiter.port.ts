/** So many requests in so long. */
export interface RateLimitPolicy {
  /** Names it to clients, and keeps its counts apart from those of others. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RateLimitState {
  readonly allowed: boolean;
  /** How many requests of this window there were, with those that were refused. */
  readonly used: number;
  /** How many more requests of this window there are. */
  readonly remaining: number;
  /** When the window ends, in whole seconds from now. */
  readonly resetSeconds: number;
}

/** Counts requests in fixed windows, the first of which begins with the first request. */
export interface RateLimiter {
  /** Takes one request from what `key` has. It never fails: what cannot be counted together is counted here. */
  consume(policy: RateLimitPolicy, key: string): Promise<RateLimitState>;
}

export const RATE_LIMITER = Symbol('RateLimiter');
