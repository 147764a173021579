import { WINDOW_FRAMES } from '../audio/window-size.js';
import { EngineError } from '../errors.js';
import type { HubPrecision } from './hub-files.js';
import { memoryLimit } from './memory-limit.js';
import type { ModelDescription } from './model-folder.js';

export interface MemoryPlan {
  /** Threads that decode side by side, each with a copy of the model. */
  workers: number;
  /** Windows that a worker decodes together. */
  batchSize: number;
  /** Hypotheses of a window that are followed side by side. */
  beamSize: number;
  /** Those of a single window that is decoded again, while the batch is still there; 1 unless given. */
  again?: number;
}

/** Which part of the memory the engine may plan with: the rest is for what it does not know of. */
const SHARE = 0.8;
const MB = 1e6;
const GB = 1e9;
const FLOAT = 4;
/** Tokens of a window: half of the decoder's positions, and its prompt. */
const POSITIONS = 228;

/*
 * The figures below were fitted to the peak resident memory of the engine with whisper-base in both layouts and with whisper-tiny.en (one
 * and two workers, batches of 1, 4 and 8, words asked for; Node 24, ONNX Runtime 1.30). They are met within a tenth, those with beams
 * from above.
 */

/** The process: ONNX Runtime, the VAD and sound on its way. */
const PROCESS = 230 * MB;
/** A thread with libraries and a tokenizer of its own. */
const WORKER = 130 * MB;
/**
 * Weights in memory over their file: kernels keep copies in an order of their own, and half precision is computed in full, in both
 * branches of a merged decoder by itself. All but q8 measured at load only, on made-up weights of the size of base.
 */
const EXPANSION: Readonly<Record<HubPrecision, number>> = {
  q8: 1.8,
  int8: 1.8,
  uint8: 1.8,
  q4: 3.2,
  bnb4: 3.2,
  q4f16: 6.4,
  fp16: 6.4,
  fp32: 2.5,
};
/** What a run of the encoder needs whatever the model. */
const ENCODER = 50 * MB;
/** Hidden states that are alive at a time inside the encoder, those of the feed-forward layers counted by their width. */
const HIDDEN_STATES = 30;
/** Copies of the attention of all heads, frames by frames; the fast graphs work it out in blocks. */
const ATTENTION_COPIES = { fast: 0, hub: 4 } as const;
/** Bytes of a value of the cross keys and values. */
const CROSS_VALUE = { fast: 1, hub: FLOAT } as const;
/** Two generations of caches, and what memory that grows by doubling leaves unused. */
const CACHE_COPIES = 4;
/** Logits of a step, and what is worked out from them. */
const LOGITS_COPIES = 3;

/** Bytes of resident memory, at the peak, of a process that runs a model in this way. */
export function memoryNeed(model: ModelDescription, plan: MemoryPlan): number {
  const weights = model.weightsBytes * EXPANSION[model.precision];
  return PROCESS + plan.workers * (WORKER + weights + encoderBytes(model) + batchBytes(model, plan));
}

/** Of one run of the encoder: windows are encoded one by one. */
function encoderBytes({ layout, width, heads }: ModelDescription): number {
  const attention = ATTENTION_COPIES[layout] * heads * WINDOW_FRAMES * WINDOW_FRAMES * FLOAT;
  return ENCODER + attention + HIDDEN_STATES * WINDOW_FRAMES * width * FLOAT;
}

/** Of the windows that are decoded together. */
function batchBytes(
  { layout, decoderLayers, width, vocabulary }: ModelDescription,
  { batchSize, beamSize, again = 1 }: MemoryPlan,
): number {
  const cross = 2 * decoderLayers * WINDOW_FRAMES * width * CROSS_VALUE[layout];
  const cache = 2 * decoderLayers * POSITIONS * width * FLOAT;
  // Hypotheses share the cross keys and values of their window in the fast graphs only.
  const copiesFor = (hypotheses: number): number => (layout === 'fast' || hypotheses === 1 ? 0 : hypotheses);
  const copies = Math.max(batchSize * copiesFor(beamSize), copiesFor(again));
  // Of windows whose text is not trusted they are kept until these are decoded again.
  const kept = batchSize;
  const rows = Math.max(batchSize * beamSize, again);
  return (
    (batchSize + kept + copies) * cross + rows * (CACHE_COPIES * cache + LOGITS_COPIES * vocabulary * FLOAT)
  );
}

/**
 * What a model needs at least, with one worker and one window at a time, and what it may have. It can be loaded where the first is not more
 * than the second.
 */
export function leastMemory(
  model: ModelDescription,
  limit = memoryLimit(),
): { neededBytes: number; allowedBytes: number } {
  return {
    neededBytes: Math.ceil(memoryNeed(model, { workers: 1, batchSize: 1, beamSize: 1 })),
    allowedBytes: Math.floor(SHARE * limit),
  };
}

/** @param limit bytes that the process may use */
export function fitsMemory(model: ModelDescription, plan: MemoryPlan, limit = memoryLimit()): boolean {
  return memoryNeed(model, plan) <= SHARE * limit;
}

/**
 * The plan nearest to the wish that memory allows: smaller batches first, then fewer workers.
 * @param limit bytes that the process may use
 * @throws EngineError `memory_insufficient` where not even one worker with one window at a time fits
 */
export function planMemory(model: ModelDescription, wish: MemoryPlan, limit = memoryLimit()): MemoryPlan {
  for (let workers = wish.workers; workers >= 1; workers--) {
    for (let batchSize = wish.batchSize; batchSize >= 1; batchSize = Math.floor(batchSize / 2)) {
      const plan = { ...wish, workers, batchSize };
      if (fitsMemory(model, plan, limit)) return plan;
    }
  }
  throw tooLarge(model, { ...wish, workers: 1, batchSize: 1 }, limit);
}

/**
 * The largest batch, up to `batchSize`, that leaves room for the rows of a run in workers that are loaded.
 * @param rows of each window in the run, and of a single window that is decoded again
 * @throws EngineError `memory_insufficient`
 */
export function planBatch(
  model: ModelDescription,
  { workers, batchSize: largest }: Pick<MemoryPlan, 'workers' | 'batchSize'>,
  rows: { first: number; again: number },
  limit = memoryLimit(),
): number {
  const { first: beamSize, again } = rows;
  for (let batchSize = Math.max(1, Math.floor(largest / beamSize)); batchSize >= 1; batchSize--) {
    if (fitsMemory(model, { workers, batchSize, beamSize, again }, limit)) return batchSize;
  }
  throw tooLarge(model, { workers, batchSize: 1, beamSize, again }, limit);
}

function tooLarge(model: ModelDescription, least: MemoryPlan, limit: number): EngineError {
  return new EngineError(
    'memory_insufficient',
    `the model needs ${gigabytes(memoryNeed(model, least))} GB of memory; of ${gigabytes(limit)} GB it may use ${gigabytes(SHARE * limit)}`,
  );
}

const gigabytes = (bytes: number): string => (bytes / GB).toFixed(2);
