import { EngineError } from '../errors.js';
import { idsIn, numberIn, numbersIn, type JsonObject } from './json-file.js';

/** What the decoding loop has to know of a model: ids of special tokens and limits. */
export interface GenerationConfig {
  vocabulary: number;
  endOfText: number;
  startOfTranscript: number;
  noTimestamps: number;
  /** Null for English-only models, whose prompt names neither language nor task. */
  transcribe: number | null;
  /** Language code to token, in the model's order; empty for English-only models. */
  languages: ReadonlyMap<string, number>;
  suppressed: readonly number[];
  /** Suppressed as first token of the text only. */
  suppressedFirst: readonly number[];
  /** Positions of the decoder: prompt and text together. */
  maxLength: number;
}

/** From the contents of generation_config.json and config.json: older models have the suppressed tokens in the latter only. */
export function generationConfig(generation: JsonObject, model: JsonObject): GenerationConfig {
  const noTimestamps = numberIn(generation, 'no_timestamps_token_id');
  const vocabulary = numberIn(model, 'vocab_size');
  const tags = idsIn(generation, 'lang_to_id');
  const languages = new Map([...tags].map(([tag, id]) => [tag.replace(/^<\|(.*)\|>$/, '$1'), id]));
  const transcribe = idsIn(generation, 'task_to_id').get('transcribe') ?? null;
  if (languages.size > 0 && transcribe === null) {
    throw new EngineError('model_invalid', 'the model has languages but no token to transcribe');
  }
  const either = (key: string): number[] =>
    numbersIn(generation[key] === undefined || generation[key] === null ? model : generation, key);
  return {
    vocabulary,
    endOfText: numberIn(generation, 'eos_token_id'),
    startOfTranscript: numberIn(generation, 'decoder_start_token_id'),
    noTimestamps,
    transcribe: languages.size > 0 ? transcribe : null,
    languages,
    suppressed: either('suppress_tokens'),
    suppressedFirst: either('begin_suppress_tokens'),
    maxLength: numberIn(model, 'max_target_positions'),
  };
}
