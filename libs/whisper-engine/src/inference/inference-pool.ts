import type { WorkerModel } from './inference.protocol.js';
import { InferenceWorker } from './inference-worker.js';
import { WorkerPool } from './worker-pool.js';

/** Workers that decode side by side. */
export type InferencePool = WorkerPool<InferenceWorker>;

/** @throws EngineError `model_invalid`, `worker_lost` */
export const openInferencePool = (count: number, model: WorkerModel): Promise<InferencePool> =>
  WorkerPool.open(count, () => InferenceWorker.open(model));

/** Heads whose attention tells when tokens are spoken; 0 where nothing does. */
export const alignmentHeadsOf = (pool: InferencePool): number => pool.workers[0]?.alignmentHeads ?? 0;
