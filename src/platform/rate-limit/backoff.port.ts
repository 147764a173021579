/** Something that may fail a few times before each further failure costs a pause. */
export interface BackoffRule {
  readonly key: string;
  readonly freeFailures: number;
}

export interface BackoffDecision {
  readonly allowed: boolean;
  /** How long the next attempt has to wait: from now on if this one was not allowed, else should it fail. */
  readonly pauseMs: number;
}

export const SHORTEST_PAUSE_MS = 1000;
export const LONGEST_PAUSE_MS = 15 * 60_000;
/** Without another failure for this long the count begins anew. */
export const FORGET_AFTER_MS = 60 * 60_000;

/** Makes guessing slow: the pause doubles with each failure. */
export interface Backoff {
  /**
   * Where no pause lasts, counts the attempt as failed under every rule, all in one step, so that many attempts at the same moment are no
   * way around.
   */
  begin(rules: readonly BackoffRule[]): Promise<BackoffDecision>;
  /** The attempt that was begun did not fail. */
  takeBack(key: string): Promise<void>;
  /** Nothing that was counted under the key matters any more. */
  forget(key: string): Promise<void>;
}

export const BACKOFF = Symbol('Backoff');
