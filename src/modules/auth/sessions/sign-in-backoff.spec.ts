import { describe, expect, it } from '@jest/globals';
import { MemoryBackoff } from '../../../platform/rate-limit/adapters/memory.backoff.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { accountNamed, accountWithId, SignInBackoff, type Attempt } from './sign-in-backoff.js';

class HeldClock extends Clock {
  seconds = 0;

  override now(): Date {
    return new Date(this.seconds * 1000);
  }
}

const ANNA: Attempt = { account: accountNamed('anna'), address: 'here', isKnownAddress: false };

/** How many of these attempts are let through. */
async function attempts(
  backoff: SignInBackoff,
  count: number,
  name: (i: number) => string,
  address: (i: number) => string = () => 'here',
): Promise<number> {
  let through = 0;
  for (let i = 0; i < count; i += 1) {
    try {
      await backoff.begin({ account: accountNamed(name(i)), address: address(i), isKnownAddress: false });
      through += 1;
    } catch {
      continue;
    }
  }
  return through;
}

describe('the back-off of sign-ins', () => {
  it('lets a few mistakes pass, and then makes each further one wait twice as long', async () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(new MemoryBackoff(clock));
    expect(await attempts(backoff, 10, () => 'anna')).toBe(5);

    for (const pause of [1, 2, 4, 8, 16]) {
      clock.seconds += pause - 0.5;
      expect(await attempts(backoff, 1, () => 'anna')).toBe(0);
      clock.seconds += 0.5;
      expect(await attempts(backoff, 1, () => 'Anna')).toBe(1);
    }
  });

  it('says how long a pause begins with the attempt that begins it, and with no other', async () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(new MemoryBackoff(clock));
    const pauses: number[] = [];
    for (let i = 0; i < 5; i += 1) pauses.push(await backoff.begin(ANNA));
    clock.seconds = 1;

    expect([...pauses, await backoff.begin(ANNA)]).toEqual([0, 0, 0, 0, 1, 2]);
  });

  it('leaves almost nothing of 10,000 guesses in a day', async () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(new MemoryBackoff(clock));
    let through = 0;
    for (let i = 0; i < 10_000; i += 1) {
      clock.seconds += 8.64;
      through += await attempts(backoff, 1, () => 'anna');
    }

    expect(through).toBeLessThan(120);
  });

  it('stops an address that tries many names, but not the names from elsewhere', async () => {
    const backoff = new SignInBackoff(new MemoryBackoff(new HeldClock()));

    expect(await attempts(backoff, 1000, (i) => `user-${i}`)).toBe(50);
    expect(
      await attempts(
        backoff,
        1,
        () => 'user-1',
        () => 'elsewhere',
      ),
    ).toBe(1);
  });

  it('does not count what succeeds', async () => {
    const backoff = new SignInBackoff(new MemoryBackoff(new HeldClock()));
    for (let i = 0; i < 200; i += 1) {
      await backoff.begin(ANNA);
      await backoff.succeed(ANNA);
    }

    expect(await attempts(backoff, 5, () => 'anna')).toBe(5);
  });

  it('takes a name for the same however it is written', async () => {
    const backoff = new SignInBackoff(new MemoryBackoff(new HeldClock()));
    const spellings = ['anna', 'ANNA', 'ａnna', 'aｎna', 'ＡＮＮＡ', 'anｎa', 'annａ'];

    expect(await attempts(backoff, 7, (i) => spellings[i] ?? '')).toBe(5);
  });

  it('stops many networks that guess at one name, known or not, but not its user where they have signed in', async () => {
    const clock = new HeldClock();
    const backoff = new SignInBackoff(new MemoryBackoff(clock));
    const network = (i: number): string => `2001:db8:0:${i.toString(16)}::1`;

    for (const name of ['anna', 'nobody'])
      expect(await attempts(backoff, 1500, () => name, network)).toBe(20);
    expect(await attempts(backoff, 1, () => 'bob', network)).toBe(1);
    await expect(backoff.begin({ ...ANNA, isKnownAddress: true })).resolves.toBe(0);
    // In a whole day of 10,000 guesses.
    let through = 0;
    for (let i = 0; i < 10_000; i += 1) {
      clock.seconds += 8.64;
      through += await attempts(
        backoff,
        1,
        () => 'anna',
        () => network(i),
      );
    }
    expect(through).toBeLessThan(120);
  });

  it('of who is signed in are not those of a name that reads like the id', async () => {
    const id = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
    const backoff = new SignInBackoff(new MemoryBackoff(new HeldClock()));
    await attempts(backoff, 10, () => id);
    const change = { account: accountWithId(id), address: 'here', isKnownAddress: true };

    expect(await backoff.begin(change)).toBe(0);
    for (const name of [id, `id ${id}`, change.account]) expect(accountNamed(name)).not.toBe(change.account);
  });
});
