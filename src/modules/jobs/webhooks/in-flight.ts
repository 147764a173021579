import type { Busy } from './deliveries.repository.js';

const MAX = 64;
/** Beyond so many, only those have a place who have none yet: whose receivers are slow cannot take the last ones. */
const SHARED = 32;
const MAX_PER_TARGET = 4;
const MAX_PER_OWNER = 16;

interface Sending {
  readonly targetId: string;
  readonly ownerId: string;
}

/** What is being sent: so much in all, to one target and for one owner that those who answer slowly do not hold up the others. */
export class InFlight {
  private readonly sending = new Map<Promise<void>, Sending>();

  get isFull(): boolean {
    return this.sending.size >= MAX;
  }

  /** Those who have as many as they may. */
  get busy(): Busy {
    const all = [...this.sending.values()];
    return {
      targetIds: findRepeated(
        all.map(({ targetId }) => targetId),
        MAX_PER_TARGET,
      ),
      ownerIds: findRepeated(
        all.map(({ ownerId }) => ownerId),
        all.length < SHARED ? MAX_PER_OWNER : 1,
      ),
    };
  }

  /** @param attempt that never rejects */
  add(sending: Sending, attempt: Promise<void>): Promise<void> {
    const tracked = attempt.finally(() => this.sending.delete(tracked));
    this.sending.set(tracked, sending);
    return tracked;
  }

  async settled(): Promise<void> {
    await Promise.all(this.sending.keys());
  }
}

function findRepeated(ids: readonly string[], times: number): string[] {
  return [...new Set(ids)].filter((id) => ids.filter((other) => other === id).length >= times);
}
