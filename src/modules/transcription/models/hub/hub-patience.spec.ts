import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../../platform/errors/app-error.js';
import { HUB_PATIENCE, pauseAfter, withPatience } from './hub-patience.js';

const QUICK = { ...HUB_PATIENCE, attempts: 3, firstPauseMs: 1 };
const { signal } = new AbortController();
const passing = (): Promise<never> => Promise.reject(new AppError('hub_unreachable', ''));

describe('pauseAfter', () => {
  it('doubles with every failure, give or take a quarter', () => {
    for (const [failures, ms] of [
      [1, 1000],
      [2, 2000],
      [5, 16_000],
    ] as const) {
      const pause = pauseAfter(failures, undefined, HUB_PATIENCE);
      expect(pause).toBeGreaterThanOrEqual(ms * 0.75);
      expect(pause).toBeLessThanOrEqual(ms * 1.25);
    }
  });

  it('is never shorter than the hub asks for', () => {
    expect(pauseAfter(1, 60, HUB_PATIENCE)).toBeGreaterThan(60_000);
    expect(pauseAfter(1, 300, HUB_PATIENCE)).toBeGreaterThan(300_000);
  });

  it('gives up when the hub asks for more than is waited for', () => {
    expect(pauseAfter(1, 301, HUB_PATIENCE)).toBeNull();
  });
});

describe('withPatience', () => {
  it('repeats what may pass, so many times', async () => {
    let attempts = 0;
    const failing = withPatience(QUICK, signal, () => {
      attempts += 1;
      return passing();
    });

    await expect(failing).rejects.toMatchObject({ code: 'hub_unreachable' });
    expect(attempts).toBe(3);
  });

  it('counts anew when an attempt has brought something', async () => {
    let attempts = 0;
    const failing = withPatience(
      QUICK,
      signal,
      () => {
        attempts += 1;
        return passing();
      },
      () => Math.min(attempts, 5),
    );

    await expect(failing).rejects.toMatchObject({ code: 'hub_unreachable' });
    expect(attempts).toBe(7);
  });

  it.each([new AppError('hub_refused', ''), new Error('a bug')])('does not repeat %p', async (error) => {
    let attempts = 0;
    const failing = withPatience(QUICK, signal, () => {
      attempts += 1;
      return Promise.reject(error);
    });

    await expect(failing).rejects.toBe(error);
    expect(attempts).toBe(1);
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const waiting = withPatience({ ...QUICK, firstPauseMs: 60_000 }, stop.signal, passing);
    const reason = new Error('stopped');
    stop.abort(reason);

    await expect(waiting).rejects.toBe(reason);
  });
});
