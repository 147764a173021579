import type { Thresholds } from './fallback.js';
import type { PromptOptions } from './prompt.js';

/** How windows become text. */
export interface DecodeOptions extends PromptOptions, Thresholds {
  words: boolean;
  /** Whether segments carry their tokens. */
  tokens: boolean;
  beamSize: number;
  /** So many windows, the first of the batch, are searched again where their greedy text is unsure. */
  searchedAgain: number;
  bestOf: number;
  temperatures: readonly number[];
}
