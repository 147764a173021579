import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { toAddressKey } from '../../../platform/rate-limit/address-key.js';
import { BACKOFF, type Backoff, type BackoffRule } from '../../../platform/rate-limit/backoff.port.js';

/** Failures that cost nothing yet: of one name from one address, and of one address whatever the name. */
const FREE_FOR_NAME = 5;
const FREE_FOR_ADDRESS = 50;

/**
 * Makes guessing of passwords slow. It counts names that do not exist like those that do, and a name only together with the address, so
 * that nobody can lock another out.
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
  async begin(name: string, address: string): Promise<number> {
    const { ofName, ofAddress } = rulesFor(name, address);
    const { allowed, pauseMs } = await this.backoff.begin([ofName, ofAddress]);
    const seconds = Math.ceil(pauseMs / 1000);
    if (!allowed)
      throw new AppError('sign_in_limited', 'Too many sign-ins have failed. Try again later.', {
        retryAfter: seconds,
      });
    return seconds;
  }

  /** The attempt that was begun did not fail. What others have failed at from the address still counts. */
  async succeed(name: string, address: string): Promise<void> {
    const { ofName, ofAddress } = rulesFor(name, address);
    await this.backoff.forget(ofName.key);
    await this.backoff.takeBack(ofAddress.key);
  }
}

function rulesFor(name: string, address: string): { ofName: BackoffRule; ofAddress: BackoffRule } {
  const from = toAddressKey(address);
  // People type their password where their name belongs: it is kept nowhere as it was typed.
  const hashed = createHash('sha256').update(name.toLowerCase()).digest('base64url');
  return {
    ofName: { key: `sign-in:${from} ${hashed}`, freeFailures: FREE_FOR_NAME },
    ofAddress: { key: `sign-in:${from}`, freeFailures: FREE_FOR_ADDRESS },
  };
}
