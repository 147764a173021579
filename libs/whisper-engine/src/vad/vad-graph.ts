import { basename, dirname } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import { verifyChecksumsIfAny } from '../model/checksums.js';
import { openSession } from '../model/onnx-session.js';

const INPUTS = 'input,h,c';

/** @throws EngineError `model_invalid`, `model_checksum_mismatch` */
export const verifyVad = (path: string): Promise<void> =>
  verifyChecksumsIfAny(dirname(path), [basename(path)]);

/** @throws EngineError `model_invalid`, `memory_exhausted` */
export async function openVad(path: string): Promise<InferenceSession> {
  const vad = await openSession(path, 1);
  if (vad.inputNames.join() === INPUTS) return vad;
  await vad.release();
  throw new EngineError(
    'model_invalid',
    `${basename(path)} is not the graph of Silero VAD that the engine takes`,
  );
}
