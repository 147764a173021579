import { WhisperFeatureExtractor } from '@xenova/transformers';
import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import type { JsonObject } from '../model/json-file.js';
import { WINDOW_SAMPLES } from './window-size.js';

/** Log-mel frames of one window, f32 [1, bins, 3000]; up to 480 000 samples, filled up with zeros. */
export type MelExtractor = (samples: Float32Array) => Promise<Tensor>;

/**
 * The feature extractor of transformers.js: for models that bring no graph for it.
 * @param settings content of preprocessor_config.json
 * @throws EngineError `model_invalid`
 */
export function melExtractor(settings: JsonObject): MelExtractor {
  if (settings['n_samples'] !== WINDOW_SAMPLES || typeof settings['feature_size'] !== 'number') {
    throw new EngineError('model_invalid', 'preprocessor_config.json does not describe windows of 30 s');
  }
  // It adds the filters to the settings that it is given.
  const extractor = new WhisperFeatureExtractor({ ...settings });
  return async (samples) => {
    const { data, dims } = (await extractor._call(samples)).input_features;
    if (!(data instanceof Float32Array)) throw new TypeError('mel frames are made of floats');
    return new Tensor('float32', data, dims);
  };
}
