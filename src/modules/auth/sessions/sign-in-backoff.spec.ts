import { describe, expect, it } from '@jest/globals';
import { Clock } from '../../../platform/runtime/clock.js';
import { SignInBackoff } from './sign-in-backoff.js';

class HeldClock extends Clock {
  seconds = 0;

  override now(): Date {
    return new Date(this.seconds * 1000);
  }
}

/** How many of these attempts are let through. */
function attempts(
  backoff: SignInBackoff,
  count: number,
  name: (i: number) => string,
  address = 'here',
): number {
  let through = 0;
  for (let i = 0; i < count; i += 1) {
    try {
      backoff.begin(name(i), address);
      through += 1;
    } catch {
      continue;
    }
  }
  return through;
}

describe('the back-off of sign-ins', () => {
  it('lets a few mistakes pass, and then makes each further one wait twice as long', () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(clock);
    expect(attempts(backoff, 10, () => 'anna')).toBe(5);

    for (const pause of [1, 2, 4, 8, 16]) {
      clock.seconds += pause - 0.5;
      expect(attempts(backoff, 1, () => 'anna')).toBe(0);
      clock.seconds += 0.5;
      expect(attempts(backoff, 1, () => 'Anna')).toBe(1);
    }
  });

  it('says how long a pause begins with the attempt that begins it, and with no other', () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(clock);
    const pauses = Array.from({ length: 5 }, () => backoff.begin('anna', 'here'));
    clock.seconds = 1;

    expect([...pauses, backoff.begin('anna', 'here')]).toEqual([0, 0, 0, 0, 1, 2]);
  });

  it('leaves almost nothing of 10,000 guesses in a day', () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(clock);
    let through = 0;
    for (let i = 0; i < 10_000; i += 1) {
      clock.seconds += 8.64;
      through += attempts(backoff, 1, () => 'anna');
    }

    expect(through).toBeLessThan(120);
  });

  it('stops an address that tries many names, but not the names from elsewhere', () => {
    const backoff = new SignInBackoff(new HeldClock());

    expect(attempts(backoff, 1000, (i) => `user-${i}`)).toBe(50);
    expect(attempts(backoff, 1, () => 'user-1', 'elsewhere')).toBe(1);
  });

  it('does not count what succeeds', () => {
    const backoff = new SignInBackoff(new HeldClock());
    for (let i = 0; i < 200; i += 1) {
      backoff.begin('anna', 'here');
      backoff.succeed('anna', 'here');
    }

    expect(attempts(backoff, 5, () => 'anna')).toBe(5);
  });
});
