import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('does one piece of work at a time, and lets those who ask take turns', async () => {
    const turns = new Turns();
    const order: string[] = [];
    let atWork = 0;
    const work = (who: string, number: number): Promise<void> =>
      turns.take(who, async () => {
        expect((atWork += 1)).toBe(1);
        order.push(`${who}${number}`);
        await Promise.resolve();
        atWork -= 1;
      });
    await Promise.all([
      ...[1, 2, 3, 4].map((number) => work('anna', number)),
      ...[1, 2].map((number) => work('bert', number)),
    ]);

    expect(order).toEqual(['anna1', 'anna2', 'bert1', 'anna3', 'bert2', 'anna4']);
  });

  it('goes on after work that fails', async () => {
    const turns = new Turns();
    const failed = turns.take('anna', () => Promise.reject(new Error('in vain')));
    const next = turns.take('anna', () => Promise.resolve('done'));

    await expect(failed).rejects.toThrow('in vain');
    expect(await next).toBe('done');
  });
});
