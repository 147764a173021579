/**
 * What can be told of a model from the files of its folder, without loading it: for processes that look after models and must not hold a
 * runtime for inference.
 */
export { EngineError } from './errors.js';
export { leastMemory } from './model/memory-need.js';
export { chooseHubModel, describeModel, type ModelDescription } from './model/model-folder.js';
