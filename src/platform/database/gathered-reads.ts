import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { orNothing } from '../runtime/or-nothing.js';
import type { UnitOfWork } from './unit-of-work.js';

/** So long those who ask wait for a reading that is under way: one that hangs holds up nobody else. */
const MOST_HELD_MS = 50;

interface Asked<Q, A> extends PromiseWithResolvers<A> {
  readonly question: Q;
}

/**
 * Reads for all who ask at about the same time in one go. Who asks while a reading is under way is in the next: so there are few of
 * them however many requests come at once, and nobody is told what was read before they asked.
 */
export class GatheredReads<Q, A> {
  private waiting = new Map<string, Asked<Q, A>>();
  private isReading = false;
  /** A reading belongs to none of those who asked. */
  private readonly inNoRequest = AsyncLocalStorage.snapshot();

  /**
   * @param readAll the answers to these different questions, in their order; without a transaction
   */
  constructor(
    private readonly unitOfWork: Pick<UnitOfWork, 'read' | 'isOpen'>,
    private readonly readAll: (questions: readonly Q[]) => Promise<readonly A[]>,
  ) {}

  /**
   * Who asks the same gets the same. Inside a unit of work it is read by that one, which sees what it has written.
   *
   * @param question that JSON can tell from others
   * @throws AppError database_unavailable; what `readAll` throws
   */
  async ask(question: Q): Promise<A> {
    if (this.unitOfWork.isOpen) {
      const [answer] = await this.readAll([question]);
      return answer as A;
    }
    const key = JSON.stringify(question);
    let asked = this.waiting.get(key);
    if (asked === undefined) {
      asked = { question, ...Promise.withResolvers<A>() };
      this.waiting.set(key, asked);
      if (!this.isReading) this.inNoRequest(() => void this.readOn());
    }
    return asked.promise;
  }

  private async readOn(): Promise<void> {
    this.isReading = true;
    // Requests that came by the same turn of the event loop have asked by then.
    await turn();
    while (this.waiting.size > 0) await orNothing(this.read(), MOST_HELD_MS);
    this.isReading = false;
  }

  private async read(): Promise<void> {
    let taken: readonly Asked<Q, A>[] = [];
    try {
      // Not before there is a connection: until then others may join.
      const answers = await this.unitOfWork.read(async () => {
        taken = this.take();
        return taken.length === 0 ? [] : await this.readAll(taken.map(({ question }) => question));
      });
      for (const [place, { resolve }] of taken.entries()) resolve(answers[place] as A);
    } catch (error) {
      for (const { reject } of taken.length === 0 ? this.take() : taken) reject(error);
    }
  }

  private take(): Asked<Q, A>[] {
    const taken = [...this.waiting.values()];
    this.waiting = new Map();
    return taken;
  }
}
