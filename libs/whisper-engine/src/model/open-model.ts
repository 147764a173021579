import { EngineError } from '../errors.js';
import { generationConfig, type GenerationConfig } from './generation-config.js';
import type { HubPrecision } from './hub-files.js';
import { readJson } from './json-file.js';
import { openGraphs } from './open-graphs.js';
import type { WhisperGraphs } from './whisper-graphs.js';
import { openTokenizer, type WhisperText } from './whisper-tokenizer.js';

/** A model that can be run. */
export interface Model {
  readonly graphs: WhisperGraphs;
  readonly text: WhisperText;
  readonly config: GenerationConfig;
}

/** @throws EngineError `model_invalid` */
export async function readGenerationConfig(folder: string): Promise<GenerationConfig> {
  return generationConfig(
    await readJson(folder, 'generation_config.json'),
    await readJson(folder, 'config.json'),
    await readJson(folder, 'tokenizer.json'),
  );
}

/** @throws EngineError `model_invalid` */
export async function openModel(folder: string, threads: number, precision?: HubPrecision): Promise<Model> {
  const config = await readGenerationConfig(folder);
  const text = await openTokenizer(folder);
  const graphs = await openGraphs(folder, threads, precision);
  if (graphs.vocabulary !== config.vocabulary) {
    throw new EngineError('model_invalid', 'the graphs and the JSON files belong to different models');
  }
  return { graphs, text, config };
}
