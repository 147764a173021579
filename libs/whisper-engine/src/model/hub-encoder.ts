import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { MelExtractor } from '../audio/mel-extractor.js';
import { isHalf } from './graph-metadata.js';
import { fromHalves, toHalves } from './half-precision.js';
import { tensorOf } from './onnx-session.js';
import { halfTensor, halvesOf, unpacked } from './packed-halves.js';

const FEATURES = 'input_features';
const STATES = 'last_hidden_state';

/** The encoder of the hub layout: sound to hidden states. */
export class HubEncoder {
  private readonly halfFeatures: boolean;
  private readonly halfStates: boolean;

  /** @param toHalf the states have to be written as packed halves */
  constructor(
    private readonly session: InferenceSession,
    private readonly mel: MelExtractor,
    private readonly toHalf: boolean,
  ) {
    this.halfFeatures = isHalf(session, FEATURES);
    this.halfStates = isHalf(session, STATES);
  }

  /** Writes the states of up to 30 s of samples into f32 [1, frames, width], or half that width of packed halves. */
  async encode(samples: Float32Array, into: Tensor): Promise<void> {
    const feeds = { [FEATURES]: await this.features(samples) };
    if (this.halfStates === this.toHalf) {
      await this.session.run(feeds, { [STATES]: this.toHalf ? unpacked(into) : into });
      return;
    }
    const states = tensorOf(await this.session.run(feeds, [STATES]), STATES);
    if (this.toHalf) halvesOf(unpacked(into)).set(toHalves(states.data as Float32Array));
    else (into.data as Float32Array).set(fromHalves(halvesOf(states)));
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async features(samples: Float32Array): Promise<Tensor> {
    const mel = await this.mel(samples);
    return this.halfFeatures ? halfTensor(toHalves(mel.data as Float32Array), mel.dims) : mel;
  }
}
