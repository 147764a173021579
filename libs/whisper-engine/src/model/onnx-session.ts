import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { EngineError, isFailedAllocation } from '../errors.js';

export const DEFAULT_THREADS = Math.min(4, availableParallelism());

/**
 * @param path of a graph
 * @param shapesPath of the inner shapes of the graph, where they are told by a file beside it (`models/export/export_shapes.py`). ONNX
 *   Runtime up to 1.30 plans which values may share memory by comparing each with all before it that it knows no shape of, which for some
 *   thousand of them takes longer than all else. A protobuf message that follows another is merged into it, so the shapes are read last.
 * @throws EngineError `model_invalid` where the file is not a graph that can be run, `memory_exhausted` where there is no memory for it
 */
export async function openSession(
  path: string,
  threads: number,
  more: InferenceSession.SessionOptions = {},
  shapesPath?: string,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    executionProviders: ['cpu'],
    // Threads that wait by spinning take processor time from the rest of the machine.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...more,
  };
  try {
    if (shapesPath === undefined) return await InferenceSession.create(path, options);
    return await InferenceSession.create(await readTogether([path, shapesPath]), options);
  } catch (cause) {
    const code = isFailedAllocation(cause) ? 'memory_exhausted' : 'model_invalid';
    throw new EngineError(code, `${basename(path)} cannot be loaded`, { cause });
  }
}

/** One after the other in one piece of memory, as each may be large. */
async function readTogether(paths: readonly string[]): Promise<Uint8Array> {
  const files = await Promise.all(paths.map((file) => open(file)));
  try {
    const sizes = await Promise.all(files.map(async (file) => (await file.stat()).size));
    const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
    let offset = 0;
    for (const [index, file] of files.entries()) {
      const size = sizes[index] ?? 0;
      await file.read(bytes, offset, size, 0);
      offset += size;
    }
    return bytes;
  } finally {
    await Promise.all(files.map((file) => file.close()));
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
