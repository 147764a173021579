import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES } from './window-size.js';

/** Log-mel frames of one window [1, bins, 3000]; up to 480 000 samples, filled up with zeros. */
export async function logMel(graph: InferenceSession, samples: Float32Array): Promise<Tensor> {
  const audio = new Float32Array(WINDOW_SAMPLES);
  audio.set(samples);
  const { mel } = await graph.run({ audio: new Tensor('float32', audio, [1, WINDOW_SAMPLES]) });
  if (mel === undefined) throw new TypeError('the log-mel graph has no output mel');
  return mel;
}
