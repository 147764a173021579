import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { toAddressKey } from '../../../platform/rate-limit/address-key.js';
import { normalizeUsername } from '../users/usernames.js';
import { BACKOFF, type Backoff, type BackoffRule } from '../../../platform/rate-limit/backoff.port.js';

/** Failures that cost nothing yet: of one name from one address, of one address whatever the name, and of one name from all strange ones. */
const FREE_FOR_NAME = 5;
const FREE_FOR_ADDRESS = 50;
const FREE_FOR_STRANGERS = 20;

/** Who tries, and as whom. */
export interface Attempt {
  /** As `accountNamed` and `accountWithId` give it. */
  readonly account: string;
  readonly address: string;
  /** Whether the user has signed in from there of late: then what others get wrong elsewhere does not hold them up. */
  readonly isKnownAddress: boolean;
}

/**
 * Makes guessing of passwords slow. It counts names that do not exist like those that do, and a name only together with the address, or
 * with all addresses that its user has not signed in from, so that nobody can lock another out.
 */
@Injectable()
export class SignInBackoff {
  constructor(@Inject(BACKOFF) private readonly backoff: Backoff) {}

  /**
   * Counts the attempt as failed until it is told otherwise.
   *
   * @returns for how many seconds no other attempt is let through, should this one fail
   * @throws AppError sign_in_limited
   */
  async begin(attempt: Attempt): Promise<number> {
    const { ofName, shared } = rulesFor(attempt);
    const { allowed, pauseMs } = await this.backoff.begin([ofName, ...shared]);
    const seconds = Math.ceil(pauseMs / 1000);
    if (!allowed)
      throw new AppError('sign_in_limited', 'Too many sign-ins have failed. Try again later.', {
        retryAfter: seconds,
      });
    return seconds;
  }

  /** The attempt that was begun did not fail. What others have failed at, from the address or under the name, still counts. */
  async succeed(attempt: Attempt): Promise<void> {
    const { ofName, shared } = rulesFor(attempt);
    await this.backoff.forget(ofName.key);
    for (const { key } of shared) await this.backoff.takeBack(key);
  }
}

/** Under what a name is counted, however it is written. People type their password there: it is kept nowhere as it was typed. */
export function accountNamed(name: string): string {
  return `name ${createHash('sha256').update(normalizeUsername(name)).digest('base64url')}`;
}

/** Under what those are counted who are signed in: not among the names, where strangers could type the id. */
export function accountWithId(userId: string): string {
  return `id ${userId}`;
}

function rulesFor({ account, address, isKnownAddress }: Attempt): {
  ofName: BackoffRule;
  shared: BackoffRule[];
} {
  const from = toAddressKey(address);
  const ofAddress = { key: `sign-in:${from}`, freeFailures: FREE_FOR_ADDRESS };
  const ofStrangers = { key: `sign-in:strangers ${account}`, freeFailures: FREE_FOR_STRANGERS };
  return {
    ofName: { key: `sign-in:${from} ${account}`, freeFailures: FREE_FOR_NAME },
    shared: isKnownAddress ? [ofAddress] : [ofAddress, ofStrangers],
  };
}
