import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { mapInOrder } from './map-in-order.js';

async function* upTo(count: number, taken: number[] = []): AsyncGenerator<number> {
  for (let item = 1; item <= count; item++) {
    await turn();
    taken.push(item);
    yield item;
  }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('mapInOrder', () => {
  it('keeps the order of the items, whichever is done first', async () => {
    const work = async (item: number): Promise<number> => {
      for (let i = item; i < 10; i++) await turn();
      return item * 10;
    };
    expect(await collect(mapInOrder(upTo(5), work, 4))).toEqual([10, 20, 30, 40, 50]);
  });

  it('takes no more items than can be worked on', async () => {
    const taken: number[] = [];
    const gate = Promise.withResolvers<null>();
    const results = mapInOrder(upTo(9, taken), () => gate.promise, 2);
    const first = results.next();
    for (let i = 0; i < 50; i++) await turn();
    expect(taken).toEqual([1, 2, 3]);
    gate.resolve(null);
    await first;
    await results.return();
  });

  it('hands a result out although the source waits', async () => {
    async function* stalling(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    const results = mapInOrder(stalling(), (item) => Promise.resolve(item), 3);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await results.return();
  });

  it('fails with the work in its turn, and with the source', async () => {
    const failing = (item: number): Promise<number> =>
      item === 2 ? Promise.reject(new Error('no 2')) : Promise.resolve(item);
    const results = mapInOrder(upTo(3), failing, 3);
    expect((await results.next()).value).toBe(1);
    await expect(results.next()).rejects.toThrow('no 2');
    async function* broken(): AsyncGenerator<number> {
      yield* upTo(1);
      throw new Error('no more');
    }
    await expect(collect(mapInOrder(broken(), (item) => Promise.resolve(item), 1))).rejects.toThrow(
      'no more',
    );
  });
});
