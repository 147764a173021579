import type { GenerationConfig } from '../model/generation-config.js';

/** Low enough for a probability of exactly zero, high enough not to turn into NaN in a sum. */
const NEVER = -1e9;

/** What is added to the logits [vocabulary]. */
export interface TokenBias {
  none: Float32Array;
  /** Plain text and its end only. */
  text: Float32Array;
  /** The same for the first token of a text. */
  firstText: Float32Array;
  /** Text, its end and timestamps. */
  timed: Float32Array;
  firstTimed: Float32Array;
}

export function tokenBias(config: GenerationConfig): TokenBias {
  const { vocabulary, endOfText, firstTimestamp, suppressed, suppressedFirst } = config;
  // Behind the end of text lie the other special tokens, languages and timestamps.
  const timed = forbid(new Float32Array(vocabulary).fill(NEVER, endOfText + 1, firstTimestamp), suppressed);
  const text = timed.slice().fill(NEVER, endOfText + 1);
  return {
    none: new Float32Array(vocabulary),
    text,
    firstText: forbid(text.slice(), suppressedFirst),
    timed,
    firstTimed: forbid(timed.slice(), suppressedFirst),
  };
}

function forbid(bias: Float32Array, ids: readonly number[]): Float32Array {
  for (const id of ids) bias[id] = NEVER;
  return bias;
}
