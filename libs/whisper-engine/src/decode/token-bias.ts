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
}

export function tokenBias(config: GenerationConfig): TokenBias {
  const text = new Float32Array(config.vocabulary);
  // Behind the end of text lie the other special tokens, languages and timestamps.
  text.fill(NEVER, config.endOfText + 1);
  for (const id of config.suppressed) text[id] = NEVER;
  const firstText = text.slice();
  for (const id of config.suppressedFirst) firstText[id] = NEVER;
  return { none: new Float32Array(config.vocabulary), text, firstText };
}
