import type { WorkerModel } from './inference.protocol.js';
import { InferenceWorker } from './inference-worker.js';

/** Workers that decode side by side. Whoever asks first gets the first that is free. */
export class InferencePool {
  private readonly free: InferenceWorker[];
  private readonly waiting: ((worker: InferenceWorker) => void)[] = [];

  private constructor(private readonly workers: readonly InferenceWorker[]) {
    this.free = [...workers];
  }

  /** @throws EngineError `model_invalid`, `worker_lost` */
  static async open(count: number, model: WorkerModel): Promise<InferencePool> {
    const opening = Array.from({ length: count }, () => InferenceWorker.open(model));
    const opened = await Promise.allSettled(opening);
    const workers = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = opened.find((result) => result.status === 'rejected');
    if (failed === undefined) return new InferencePool(workers);
    await Promise.all(workers.map((worker) => worker.close()));
    throw failed.reason;
  }

  get size(): number {
    return this.workers.length;
  }

  /** Lends a worker until the promise of `use` settles. */
  async lend<T>(use: (worker: InferenceWorker) => Promise<T>): Promise<T> {
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

  private take(): Promise<InferenceWorker> {
    const worker = this.free.shift();
    if (worker !== undefined) return Promise.resolve(worker);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private giveBack(worker: InferenceWorker): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(worker);
    else next(worker);
  }
}
