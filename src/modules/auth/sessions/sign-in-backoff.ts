import { Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';

/** Failures that cost nothing yet: of one name from one address, and of one address whatever the name. */
const FREE_FOR_NAME = 5;
const FREE_FOR_ADDRESS = 50;
const LONGEST_PAUSE_MS = 15 * 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MOST_ENTRIES = 100_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

/**
 * Makes guessing slow: after a few failures each further one doubles the pause. It counts names that do not exist like those that do, and
 * a name only together with the address, so that nobody can lock another out.
 */
@Injectable()
export class SignInBackoff {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly clock: Clock) {}

  /**
   * Counts the attempt as failed until it is told otherwise, so that many at the same moment are no way around.
   *
   * @returns for how many seconds no other attempt is let through, should this one fail
   * @throws AppError sign_in_limited
   */
  begin(name: string, address: string): number {
    const limits = limitsOf(name, address);
    const longestWait = (): number =>
      Math.ceil(Math.max(...limits.map(({ key, free }) => this.waitOf(key, free))) / 1000);
    const retryAfter = longestWait();
    if (retryAfter > 0)
      throw new AppError('sign_in_limited', 'Too many sign-ins have failed. Try again later.', {
        retryAfter,
      });
    for (const { key } of limits) this.count(key, 1);
    this.forgetOldest();
    return longestWait();
  }

  /** The attempt that was begun did not fail. What others have failed at from the address still counts. */
  succeed(name: string, address: string): void {
    const [ofName, ofAddress] = limitsOf(name, address);
    if (ofName !== undefined) this.failures.delete(ofName.key);
    if (ofAddress !== undefined) this.count(ofAddress.key, -1);
  }

  private count(key: string, change: number): void {
    const count = Math.max(0, (this.recent(key)?.count ?? 0) + change);
    this.failures.delete(key);
    this.failures.set(key, { count, last: this.clock.now().getTime() });
  }

  private waitOf(key: string, free: number): number {
    const failed = this.recent(key);
    if (failed === undefined || failed.count < free) return 0;
    const pause = Math.min(1000 * 2 ** (failed.count - free), LONGEST_PAUSE_MS);
    return failed.last + pause - this.clock.now().getTime();
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

function limitsOf(name: string, address: string): { key: string; free: number }[] {
  return [
    { key: `${address} ${name.toLowerCase()}`, free: FREE_FOR_NAME },
    { key: address, free: FREE_FOR_ADDRESS },
  ];
}
