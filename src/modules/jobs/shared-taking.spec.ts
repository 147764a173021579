import { describe, expect, it } from '@jest/globals';
import { SharedTaking } from './shared-taking.js';

describe('SharedTaking', () => {
  it('serves all who ask at the same time in one go, and those who ask meanwhile in the next', async () => {
    const store = [1, 2, 3, 4];
    const askedFor: number[] = [];
    let late: Promise<number | null> | undefined;
    const taking = new SharedTaking((most) => {
      askedFor.push(most);
      late ??= taking.take();
      return Promise.resolve(store.splice(0, most));
    });
    const first = await Promise.all([taking.take(), taking.take(), taking.take()]);

    expect(first).toEqual([1, 2, 3]);
    expect(await late).toBe(4);
    expect(askedFor).toEqual([3, 1]);
  });

  it('has nothing for those who are too many', async () => {
    const taking = new SharedTaking(() => Promise.resolve(['only']));

    expect(await Promise.all([taking.take(), taking.take()])).toEqual(['only', null]);
  });

  it('tells all who asked of a failure, and serves those who ask again', async () => {
    let isAway = true;
    const taking = new SharedTaking((most) =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(Array.from({ length: most }, () => 'one')),
    );
    const outcomes = await Promise.allSettled([taking.take(), taking.take()]);
    isAway = false;

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await taking.take()).toBe('one');
  });
});
