import { FastGraphs } from './fast-graphs.js';
import { HubGraphs } from './hub-graphs.js';
import { describeModel } from './model-folder.js';
import type { HubPrecision } from './hub-files.js';
import type { WhisperGraphs } from './whisper-graphs.js';

/**
 * Opens the graphs of a model folder in the layout that they have.
 * @param precision of the hub layout; what `describeModel` takes unless given
 * @throws EngineError `model_invalid`
 */
export async function openGraphs(
  folder: string,
  threads: number,
  precision?: HubPrecision,
): Promise<WhisperGraphs> {
  const model = await describeModel(folder, precision);
  return model.layout === 'fast' ? FastGraphs.open(folder, threads) : HubGraphs.open(model, threads);
}
