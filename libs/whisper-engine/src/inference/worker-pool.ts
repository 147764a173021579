import { EngineError } from '../errors.js';

/** A worker that can be lent. */
export interface PooledWorker {
  readonly isLost: boolean;
  /** @throws EngineError `worker_lost` */
  assertAlive(): void;
  close(): Promise<void>;
}

/** Workers that compute side by side. Whoever asks first gets the first that is free. */
export class WorkerPool<W extends PooledWorker> {
  private readonly free: W[];
  private readonly waiting: PromiseWithResolvers<W>[] = [];
  /** Counted, and not told from `free`: a worker may be lost on loan, or while nobody needs it. */
  private loans = 0;
  private idle = Promise.withResolvers<null>();

  private constructor(readonly workers: readonly W[]) {
    this.free = [...workers];
    this.idle.resolve(null);
  }

  /** @throws EngineError `model_invalid`, `worker_lost` */
  static async open<W extends PooledWorker>(count: number, open: () => Promise<W>): Promise<WorkerPool<W>> {
    const workers: W[] = [];
    const opening = Array.from({ length: count }, async () => {
      workers.push(await open());
    });
    const failed = (await Promise.allSettled(opening)).find((result) => result.status === 'rejected');
    if (failed === undefined) return new WorkerPool(workers);
    await Promise.all(workers.map((worker) => worker.close()));
    throw failed.reason;
  }

  get size(): number {
    return this.workers.length;
  }

  /** Fulfilled once no worker is on loan: an abandoned one may still be in a step that cannot be interrupted. */
  async untilIdle(): Promise<void> {
    await this.idle.promise;
  }

  /** @throws EngineError `worker_lost` where fewer workers are left than were opened */
  assertWhole(): void {
    for (const worker of this.workers) worker.assertAlive();
  }

  /**
   * Lends a worker until the promise of `use` settles.
   * @throws EngineError `worker_lost` where no worker is left
   */
  async lend<T>(use: (worker: W) => Promise<T>): Promise<T> {
    const worker = await this.take();
    try {
      return await use(worker);
    } finally {
      this.giveBack(worker);
    }
  }

  /** No worker may be on loan. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  private take(): Promise<W> {
    let worker = this.free.shift();
    while (worker?.isLost === true) worker = this.free.shift();
    const waiting = Promise.withResolvers<W>();
    if (worker !== undefined) {
      if (this.loans++ === 0) this.idle = Promise.withResolvers();
      waiting.resolve(worker);
    } else if (this.isAlive) this.waiting.push(waiting);
    else waiting.reject(noWorker());
    return waiting.promise;
  }

  private giveBack(worker: W): void {
    const next = worker.isLost ? undefined : this.waiting.shift();
    if (next !== undefined) {
      // The loan goes on.
      next.resolve(worker);
      return;
    }
    if (!worker.isLost) this.free.push(worker);
    if (!this.isAlive) for (const waiting of this.waiting.splice(0)) waiting.reject(noWorker());
    if (--this.loans === 0) this.idle.resolve(null);
  }

  private get isAlive(): boolean {
    return this.workers.some(({ isLost }) => !isLost);
  }
}

const noWorker = (): EngineError => new EngineError('worker_lost', 'no worker of the engine is left');
