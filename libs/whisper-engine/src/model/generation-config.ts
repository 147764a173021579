import { EngineError } from '../errors.js';
import { idsIn, isObject, numberIn, numbersIn, type JsonObject } from './json-file.js';

/** What the decoding loop has to know of a model: ids of special tokens and limits. */
export interface GenerationConfig {
  vocabulary: number;
  endOfText: number;
  startOfTranscript: number;
  /** Announces text that was said before; what follows it up to the start of transcript is not repeated. */
  startOfPrevious: number;
  /** Its probability behind the start of transcript is that of a window without speech. */
  noSpeech: number;
  noTimestamps: number;
  /** 0.00 s; all later ids are timestamps in steps of 0.02 s. */
  firstTimestamp: number;
  /** Null for English-only models, whose prompt names neither language nor task. */
  transcribe: number | null;
  /** Null for models that cannot translate into English. */
  translate: number | null;
  /** Language code to token, in the model's order; empty for English-only models. */
  languages: ReadonlyMap<string, number>;
  suppressed: readonly number[];
  /** Suppressed as first token of the text only. */
  suppressedFirst: readonly number[];
  /** Positions of the decoder: prompt and text together. */
  maxLength: number;
}

/**
 * From the contents of generation_config.json, config.json and tokenizer.json: older models have the suppressed tokens in the
 * second only, and some special tokens are named by the tokenizer alone.
 * @throws EngineError `model_invalid`
 */
export function generationConfig(
  generation: JsonObject,
  model: JsonObject,
  tokenizer: JsonObject,
): GenerationConfig {
  const noTimestamps = numberIn(generation, 'no_timestamps_token_id');
  const vocabulary = numberIn(model, 'vocab_size');
  const languages = languageTokens(generation);
  const tasks = idsIn(generation, 'task_to_id');
  const transcribe = tasks.get('transcribe') ?? null;
  const special = addedTokens(tokenizer);
  if (languages.size > 0 && transcribe === null) {
    throw new EngineError('model_invalid', 'the model has languages but no token to transcribe');
  }
  const either = (key: string): number[] =>
    numbersIn(generation[key] === undefined || generation[key] === null ? model : generation, key);
  return {
    vocabulary,
    endOfText: numberIn(generation, 'eos_token_id'),
    startOfTranscript: numberIn(generation, 'decoder_start_token_id'),
    startOfPrevious: specialToken(special, '<|startofprev|>'),
    // Older tokenizers call it nocaptions; it means the same.
    noSpeech: specialToken(special, '<|nospeech|>', '<|nocaptions|>'),
    noTimestamps,
    firstTimestamp: noTimestamps + 1,
    transcribe: languages.size > 0 ? transcribe : null,
    translate: languages.size > 0 ? (tasks.get('translate') ?? null) : null,
    languages,
    suppressed: either('suppress_tokens'),
    suppressedFirst: either('begin_suppress_tokens'),
    maxLength: numberIn(model, 'max_target_positions'),
  };
}

/**
 * Language code to token, in the model's order; empty for English-only models.
 * @param generation content of generation_config.json, which names them by tags such as `<|en|>`
 * @throws EngineError `model_invalid`
 */
export function languageTokens(generation: JsonObject): Map<string, number> {
  const tags = idsIn(generation, 'lang_to_id');
  return new Map([...tags].map(([tag, id]) => [tag.replace(/^<\|(.*)\|>$/, '$1'), id]));
}

function addedTokens(tokenizer: JsonObject): Map<string, number> {
  const tokens = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  return new Map(
    tokens.filter(isObject).map((token) => [String(token['content']), numberIn(token, 'id')] as const),
  );
}

function specialToken(tokens: ReadonlyMap<string, number>, ...names: readonly string[]): number {
  const id = names.map((name) => tokens.get(name)).find((found) => found !== undefined);
  if (id === undefined)
    throw new EngineError('model_invalid', `the tokenizer has no token ${names[0] ?? ''}`);
  return id;
}
