import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

/** Begins to send, and returns what ends it. */
function begin(inFlight: InFlight, targetId: string, ownerId: string): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const tracked = inFlight.add({ targetId, ownerId }, promise);
  return () => {
    resolve(undefined);
    return tracked;
  };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('what is being sent', () => {
  it('is at most 4 for a target, which is free again as soon as one of them has ended', async () => {
    const inFlight = new InFlight();
    const [endFirst] = times(4, () => begin(inFlight, 'target', 'anna'));

    expect(inFlight.busy).toEqual({ targetIds: ['target'], ownerIds: [] });
    await endFirst?.();
    expect(inFlight.busy.targetIds).toEqual([]);
  });

  it('is at most 16 for an owner, who leaves room for others', () => {
    const inFlight = new InFlight();
    times(16, (index) => begin(inFlight, `target ${index}`, 'anna'));

    expect([inFlight.busy.ownerIds, inFlight.isFull]).toEqual([['anna'], false]);
    times(16, (index) => begin(inFlight, `other ${index}`, 'bob'));
    expect(inFlight.isFull).toBe(false);
  });

  it('leaves half of the places to owners who have none', () => {
    const inFlight = new InFlight();
    const owners = times(32, (index) => `owner ${index}`);
    for (const owner of owners) begin(inFlight, owner, owner);

    expect(new Set(inFlight.busy.ownerIds)).toEqual(new Set(owners));
    times(32, (index) => begin(inFlight, `other ${index}`, `other ${index}`));
    expect(inFlight.isFull).toBe(true);
  });
});
