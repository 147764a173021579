import { FastGraphs } from './fast-graphs.js';
import type { WhisperGraphs } from './whisper-graphs.js';

/**
 * Opens the graphs of a model folder in the layout that they have.
 * @throws EngineError `model_invalid`
 */
export function openGraphs(folder: string, threads: number): Promise<WhisperGraphs> {
  return FastGraphs.open(folder, threads);
}
