import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { GatheredReads } from './gathered-reads.js';

const NO_UNIT = { isOpen: false, read: <T>(work: () => Promise<T>): Promise<T> => work() };
/** Answers with the question itself, and notes what was asked for in one go. */
const echo =
  (asked: string[][]) =>
  (questions: readonly string[]): Promise<readonly string[]> => {
    asked.push([...questions]);
    return Promise.resolve(questions);
  };

describe('GatheredReads', () => {
  it('reads for all who ask at the same time in one go, and once for those who ask the same', async () => {
    const asked: string[][] = [];
    const reads = new GatheredReads(NO_UNIT, echo(asked));
    const answers = await Promise.all(['a', 'b', 'a'].map((question) => reads.ask(question)));

    expect(answers).toEqual(['a', 'b', 'a']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('tells nobody what was read before they asked', async () => {
    let row = 'old';
    const begun = Promise.withResolvers<undefined>();
    const mayEnd = Promise.withResolvers<undefined>();
    const reads = new GatheredReads(NO_UNIT, async (questions: readonly string[]) => {
      const seen = row;
      begun.resolve(undefined);
      await mayEnd.promise;
      return questions.map(() => seen);
    });
    const before = reads.ask('a');
    await begun.promise;
    row = 'new';
    const after = reads.ask('a');
    mayEnd.resolve(undefined);

    expect([await before, await after]).toEqual(['old', 'new']);
  });

  it('takes along who asks while there is no connection yet', async () => {
    const asked: string[][] = [];
    const connected = Promise.withResolvers<undefined>();
    const unitOfWork = {
      isOpen: false,
      read: async <T>(work: () => Promise<T>): Promise<T> => {
        await connected.promise;
        return work();
      },
    };
    const reads = new GatheredReads(unitOfWork, echo(asked));
    const first = reads.ask('a');
    await turn();
    await turn();
    const second = reads.ask('b');
    connected.resolve(undefined);

    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('does not let a reading that hangs hold up the next', async () => {
    const reads = new GatheredReads(NO_UNIT, (questions: readonly string[]) =>
      questions.includes('slow')
        ? new Promise<readonly string[]>(() => undefined)
        : Promise.resolve(questions),
    );
    void reads.ask('slow');
    await turn();
    await turn();

    expect(await reads.ask('a')).toBe('a');
  });

  it('tells all of them of a failure, and serves those who ask again', async () => {
    let isAway = true;
    const unitOfWork = {
      isOpen: false,
      read: <T>(work: () => Promise<T>): Promise<T> => (isAway ? Promise.reject(new Error('away')) : work()),
    };
    const reads = new GatheredReads(unitOfWork, echo([]));
    const outcomes = await Promise.allSettled([reads.ask('a'), reads.ask('b')]);
    isAway = false;

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await reads.ask('a')).toBe('a');
  });

  it('reads inside the unit of work of whoever asks', async () => {
    const asked: string[][] = [];
    const refuse = (): Promise<never> => Promise.reject(new Error('another unit'));
    const reads = new GatheredReads({ isOpen: true, read: refuse }, echo(asked));

    expect(await Promise.all([reads.ask('a'), reads.ask('b')])).toEqual(['a', 'b']);
    expect(asked).toEqual([['a'], ['b']]);
  });
});
