import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConnectionGate } from './connection-gate.js';
import { databaseUnavailable } from './outage.js';

const PATIENCE_MS = 2000;

interface Guest {
  readonly name: string;
  readonly leave: () => void;
  readonly fail: (reason: Error) => void;
}

describe('the gate in front of the connections', () => {
  let gate: ConnectionGate;
  let inside: Guest[];
  let refused: string[];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    gate = new ConnectionGate(2, PATIENCE_MS);
    inside = [];
    refused = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function come(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const stay = (): Promise<void> => new Promise((leave, fail) => void inside.push({ name, leave, fail }));
      gate.pass(stay).catch(() => refused.push(name));
    }
    await nextTurn();
  }
  const namesInside = (): string[] => inside.map(({ name }) => name);
  async function firstOut(how: (guest: Guest) => void): Promise<void> {
    const [first] = inside.splice(0, 1);
    if (first !== undefined) how(first);
    await nextTurn();
  }
  async function waitFor(milliseconds: number): Promise<void> {
    jest.advanceTimersByTime(milliseconds);
    await nextTurn();
  }

  it('lets in as many as there are, and the others in their order', async () => {
    await come('a', 'b', 'c', 'd');
    expect(namesInside()).toEqual(['a', 'b']);
    await firstOut(({ leave }) => {
      leave();
    });
    expect(namesInside()).toEqual(['b', 'c']);
  });

  it('gives the place of what failed to the next', async () => {
    await come('a', 'b', 'c');
    await firstOut(({ fail }) => {
      fail(new Error('a row was refused'));
    });
    expect([namesInside(), refused]).toEqual([['b', 'c'], ['a']]);
  });

  it('lets everybody wait for as long as others are served', async () => {
    await come('a', 'b', 'c', 'd', 'e');
    for (let served = 0; served < 3; served += 1) {
      await waitFor(PATIENCE_MS - 1);
      await firstOut(({ leave }) => {
        leave();
      });
    }
    expect([namesInside(), refused]).toEqual([['d', 'e'], []]);
  });

  it('refuses those who wait when nobody was served for too long', async () => {
    await come('a', 'b', 'c');
    await waitFor(PATIENCE_MS - 1);
    await come('d');
    await waitFor(1);
    expect([namesInside(), refused]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('refuses those who wait when one found the database away, and serves who comes afterwards', async () => {
    await come('a', 'b', 'c', 'd');
    await firstOut(({ fail }) => {
      fail(databaseUnavailable(new Error('refused')));
    });
    expect([namesInside(), refused.toSorted()]).toEqual([['b'], ['a', 'c', 'd']]);
    await come('e');
    expect(namesInside()).toEqual(['b', 'e']);
  });

  it('lets the others wait on when one got no connection while somebody was served', async () => {
    await come('a', 'b', 'c', 'd');
    await firstOut(({ leave }) => {
      leave();
    });
    await firstOut(({ fail }) => {
      fail(databaseUnavailable(new Error('no connection in time')));
    });
    expect([namesInside(), refused]).toEqual([['c', 'd'], ['b']]);
  });

  it('tells its watcher who came in after how long, and of every one whom the outage met', async () => {
    const waits: number[] = [];
    let lost = 0;
    gate.watch({ entered: (seconds) => void waits.push(seconds), lost: () => void (lost += 1) });
    await come('a', 'b', 'c', 'd');

    expect([gate.places, gate.inside, gate.queued]).toEqual([2, 2, 2]);
    await waitFor(500);
    await firstOut(({ leave }) => {
      leave();
    });
    expect(waits).toEqual([0, 0, 0.5]);
    expect([gate.inside, gate.queued, lost]).toEqual([2, 1, 0]);
    const away = ({ fail }: Guest): void => {
      fail(databaseUnavailable(new Error('away')));
    };
    await firstOut(away);
    await come('e');
    expect([namesInside(), gate.queued, lost]).toEqual([['c', 'd'], 1, 1]);
    await firstOut(away);
    expect([refused, gate.queued, lost]).toEqual([['b', 'c', 'e'], 0, 3]);
  });
});
