import { describe, expect, it } from '@jest/globals';
import { StageClock, sumStages } from './stage-clock.js';

const gates = (): { opened: Promise<void>; open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    opened: promise.then(() => undefined),
    open: () => {
      resolve(undefined);
    },
  };
};

describe('the clock of the stages', () => {
  it('counts the time of a stage inside of another one for the inner one only', async () => {
    const clock = new StageClock();
    await clock.measure('decode', () =>
      clock.measure('align', async () => {
        const { opened, open } = gates();
        setImmediate(open);
        await opened;
      }),
    );
    const [decode, align] = clock.take();

    expect([decode?.stage, align?.stage]).toEqual(['decode', 'align']);
    expect(decode?.from).toBeLessThanOrEqual(align?.from ?? 0);
    expect(decode?.to).toBeGreaterThanOrEqual(align?.to ?? Infinity);
    expect((decode?.busy ?? 0) + (align?.busy ?? 0)).toBeCloseTo((decode?.to ?? 0) - (decode?.from ?? 0), 6);
  });

  it('keeps the time of a stage that fails, and passes the failure on', async () => {
    const clock = new StageClock();
    await expect(clock.measure('encode', () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );

    expect(clock.take().map(({ stage }) => stage)).toEqual(['encode']);
    expect(clock.take()).toEqual([]);
  });

  it('has one entry for each stage, however many steps it took', async () => {
    const clock = new StageClock();
    for (let step = 0; step < 1000; step++) {
      await clock.measure('audio', () => Promise.resolve());
      await clock.measure('vad', () => Promise.resolve());
    }

    expect(clock.take().map(({ stage }) => stage)).toEqual(['audio', 'vad']);
  });
});

describe('the sum of stages', () => {
  it('reaches from the first beginning to the last end, and adds up the work', () => {
    expect(
      sumStages([
        { stage: 'decode', from: 30, to: 60, busy: 20 },
        { stage: 'encode', from: 10, to: 20, busy: 10 },
        { stage: 'decode', from: 25, to: 50, busy: 25 },
      ]),
    ).toEqual([
      { stage: 'encode', from: 10, to: 20, busy: 10 },
      { stage: 'decode', from: 25, to: 60, busy: 45 },
    ]);
  });
});
