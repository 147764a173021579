import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RepeatedWork } from './repeated-work.js';

const INTERVAL_MS = 1000;
const REST_MS = 20;

describe('work that is repeated', () => {
  let begun: number;
  let failures: string[];
  let finish: (error?: Error) => Promise<void>;
  let work: RepeatedWork;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    begun = 0;
    failures = [];
    const perform = (): Promise<void> =>
      new Promise((resolve, reject) => {
        begun += 1;
        finish = async (error) => {
          if (error === undefined) resolve();
          else reject(error);
          await nextTurn();
        };
      });
    const onFailure = (error: unknown): void => void failures.push((error as Error).message);
    work = new RepeatedWork(perform, { intervalMs: INTERVAL_MS, onFailure });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is done when it is woken and from time to time, once it was started', () => {
    work.wake();
    expect(begun).toBe(0);
    work.start();
    expect(begun).toBe(0);
    jest.advanceTimersByTime(INTERVAL_MS);
    expect(begun).toBe(1);
  });

  it('is done once more when it was woken meanwhile, however often, and never twice at a time', async () => {
    work.start();
    work.wake();
    work.wake();
    work.wake();
    expect(begun).toBe(1);
    await finish();
    expect(begun).toBe(2);
    await finish();
    expect(begun).toBe(2);
  });

  it('waits for the next time after a failure, and tells of the first of several', async () => {
    work.start();
    work.wake();
    work.wake();
    await finish(new Error('away'));
    expect(begun).toBe(1);
    jest.advanceTimersByTime(INTERVAL_MS);
    await finish(new Error('still away'));
    work.wake();
    await finish();
    work.wake();
    await finish(new Error('away again'));
    expect(failures).toEqual(['away', 'away again']);
  });

  it('rests after the work where that is wanted, and serves all who wake it meanwhile in one go', async () => {
    let done = 0;
    const count = (): Promise<void> => {
      done += 1;
      return Promise.resolve();
    };
    const onFailure = (): void => undefined;
    const resting = new RepeatedWork(count, { intervalMs: INTERVAL_MS, restMs: REST_MS, onFailure });
    resting.start();
    for (let i = 0; i < 5; i += 1) {
      resting.wake();
      await nextTurn();
    }
    expect(done).toBe(1);
    jest.advanceTimersByTime(REST_MS);
    await nextTurn();
    expect(done).toBe(2);
  });

  it('waits for what is under way when it stops, and begins nothing more', async () => {
    work.start();
    work.wake();
    work.wake();
    let stopped = false;
    const stopping = work.stop().then(() => (stopped = true));
    await nextTurn();
    expect(stopped).toBe(false);
    await finish();
    await stopping;
    work.wake();
    jest.advanceTimersByTime(INTERVAL_MS);
    expect(begun).toBe(1);
  });
});
