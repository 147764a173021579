import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SAMPLE_RATE } from './sample-rate.js';

/** The encoder always sees this much: shorter windows end in silence, or the text tends to loop at its end. */
export const WINDOW_SAMPLES = 30 * SAMPLE_RATE;

/** Log-mel frames of one window [1, bins, 3000]; up to 480 000 samples, filled up with zeros. */
export async function logMel(graph: InferenceSession, samples: Float32Array): Promise<Tensor> {
  const audio = new Float32Array(WINDOW_SAMPLES);
  audio.set(samples);
  const { mel } = await graph.run({ audio: new Tensor('float32', audio, [1, WINDOW_SAMPLES]) });
  if (mel === undefined) throw new TypeError('the log-mel graph has no output mel');
  return mel;
}
