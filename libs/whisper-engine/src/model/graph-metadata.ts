import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../errors.js';

/** @throws EngineError `model_invalid` where the graph has no such input or output */
function metadataOf(session: InferenceSession, name: string): InferenceSession.TensorValueMetadata {
  const all = [...session.inputMetadata, ...session.outputMetadata];
  const found = all.find((value) => value.name === name);
  if (!found?.isTensor) throw new EngineError('model_invalid', `a graph of the model has no ${name}`);
  return found;
}

/** Whether values are of half precision; what is neither that nor a float cannot be used. */
export function isHalf(session: InferenceSession, name: string): boolean {
  const { type } = metadataOf(session, name);
  if (type !== 'float16' && type !== 'float32') {
    throw new EngineError('model_invalid', `${name} of the model is of type ${type}`);
  }
  return type === 'float16';
}

/** Sizes as the graph declares them; free sizes are strings. */
export function declaredShape(session: InferenceSession, name: string): readonly (number | string)[] {
  return metadataOf(session, name).shape;
}
