import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { floatsOf } from '../model/onnx-session.js';

/** New samples for each probability. */
export const VAD_HOP = 512;
const CONTEXT = 64;
const STATE = 128;

/**
 * Silero VAD version 6 over a stream. One call of the graph takes many steps of time: its first axis is time, and the state
 * of the LSTM is carried from call to call.
 */
export class SileroVad {
  private context = new Float32Array(CONTEXT);
  private h = new Tensor('float32', new Float32Array(STATE), [1, 1, STATE]);
  private c = new Tensor('float32', new Float32Array(STATE), [1, 1, STATE]);

  constructor(private readonly graph: InferenceSession) {}

  /** Speech probability of each 512 samples; a last, shorter part is filled up with zeros. Nothing may follow a shorter part. */
  async probabilities(samples: Float32Array): Promise<Float32Array> {
    const steps = Math.ceil(samples.length / VAD_HOP);
    if (steps === 0) return new Float32Array(0);
    const width = CONTEXT + VAD_HOP;
    const input = new Float32Array(steps * width);
    for (let step = 0; step < steps; step++) {
      const at = step * VAD_HOP;
      if (step === 0) input.set(this.context);
      input.set(
        samples.subarray(Math.max(0, at - CONTEXT), at + VAD_HOP),
        step * width + (step === 0 ? CONTEXT : 0),
      );
    }
    const out = await this.graph.run({
      input: new Tensor('float32', input, [steps, width]),
      h: this.h,
      c: this.c,
    });
    this.h = new Tensor('float32', floatsOf(out, 'hn'), [1, 1, STATE]);
    this.c = new Tensor('float32', floatsOf(out, 'cn'), [1, 1, STATE]);
    this.context = samples.slice(Math.max(0, samples.length - CONTEXT));
    return floatsOf(out, 'speech_probs');
  }
}
