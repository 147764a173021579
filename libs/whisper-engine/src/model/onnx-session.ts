import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { EngineError, isFailedAllocation } from '../errors.js';

export const DEFAULT_THREADS = Math.min(4, availableParallelism());

/** @throws EngineError `model_invalid` where the file is not a graph that can be run, `memory_exhausted` where there is no memory for it */
export async function openSession(
  path: string,
  threads: number,
  more: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      executionProviders: ['cpu'],
      // Threads that wait by spinning take processor time from the rest of the machine.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...more,
    });
  } catch (cause) {
    const code = isFailedAllocation(cause) ? 'memory_exhausted' : 'model_invalid';
    throw new EngineError(code, `${basename(path)} cannot be loaded`, { cause });
  }
}

/** A float output of a run. */
export function floatsOf(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = tensorOf(outputs, name).data;
  if (!(data instanceof Float32Array)) throw new TypeError(`output ${name} does not hold floats`);
  return data;
}

export function tensorOf(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new TypeError(`the graph has no output ${name}`);
  return tensor;
}
