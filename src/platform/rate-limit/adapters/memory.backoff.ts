import type { Clock } from '../../runtime/clock.js';
import {
  FORGET_AFTER_MS,
  LONGEST_PAUSE_MS,
  SHORTEST_PAUSE_MS,
  type Backoff,
  type BackoffDecision,
  type BackoffRule,
} from '../backoff.port.js';

const MOST_ENTRIES = 100_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

/** Counts what this process sees. */
export class MemoryBackoff implements Backoff {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly clock: Clock) {}

  begin(rules: readonly BackoffRule[]): Promise<BackoffDecision> {
    const waiting = this.longestWait(rules);
    if (waiting > 0) return Promise.resolve({ allowed: false, pauseMs: waiting });
    for (const { key } of rules) this.count(key, 1);
    this.forgetOldest();
    return Promise.resolve({ allowed: true, pauseMs: this.longestWait(rules) });
  }

  takeBack(key: string): Promise<void> {
    if (this.recent(key) !== undefined) this.count(key, -1);
    return Promise.resolve();
  }

  forget(key: string): Promise<void> {
    this.failures.delete(key);
    return Promise.resolve();
  }

  private count(key: string, change: number): void {
    const count = Math.max(0, (this.recent(key)?.count ?? 0) + change);
    this.failures.delete(key);
    this.failures.set(key, { count, last: this.clock.now().getTime() });
  }

  private longestWait(rules: readonly BackoffRule[]): number {
    return Math.max(...rules.map((rule) => this.waitOf(rule)));
  }

  private waitOf({ key, freeFailures }: BackoffRule): number {
    const failed = this.recent(key);
    if (failed === undefined || failed.count < freeFailures) return 0;
    const pause = Math.min(SHORTEST_PAUSE_MS * 2 ** (failed.count - freeFailures), LONGEST_PAUSE_MS);
    return Math.max(0, failed.last + pause - this.clock.now().getTime());
  }

  private recent(key: string): Failures | undefined {
    const failed = this.failures.get(key);
    return failed !== undefined && this.clock.now().getTime() - failed.last < FORGET_AFTER_MS
      ? failed
      : undefined;
  }

  /** A map keeps the order of its keys, and each failure moves its own to the end. */
  private forgetOldest(): void {
    for (const key of this.failures.keys()) {
      if (this.failures.size <= MOST_ENTRIES && this.recent(key) !== undefined) return;
      this.failures.delete(key);
    }
  }
}
