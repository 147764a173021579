import type { TensorMemory } from '../model/tensor-memory.js';
import type { StepInput, StepOutput, WhisperGraphs } from '../model/whisper-graphs.js';
import type { TextLimits } from './text-limits.js';

/** How the next tokens of a text are found. `Answer` is what the graphs say of one row. */
export interface Search<Answer> {
  /** Rows that each window takes. */
  readonly width: number;
  /** Whether the text has timestamp tokens in it. */
  readonly timestamps: boolean;
  ask(
    graphs: WhisperGraphs,
    input: StepInput,
    memory: TensorMemory,
  ): Promise<StepOutput & { answers: readonly Answer[] }>;
  /** @param seed the same for the same window, whatever it is decoded beside */
  begin(limits: TextLimits, seed: number): WindowSearch<Answer>;
}

/** The token that a row goes on with. */
export interface RowStep {
  /** The row of the same window whose text it continues. */
  parent: number;
  token: number;
}

export interface WindowSearch<Answer> {
  /** Takes one answer for each row of the window; null once the text has ended. */
  advance(answers: readonly Answer[]): RowStep[] | null;
  result(): SearchedText;
}

export interface SearchedText {
  /** Without the end of text. */
  tokens: number[];
  /** Natural log-probability of each token. */
  logprobs: number[];
  /** Mean log-probability of the tokens and the end of text. */
  avgLogprob: number;
  /** The text was cut: it began to repeat itself, or was longer than it can be. */
  cut: boolean;
}

/** A text that grows. */
export interface Hypothesis {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  readonly sum: number;
}

export const EMPTY: Hypothesis = { tokens: [], logprobs: [], sum: 0 };

export function extended({ tokens, logprobs, sum }: Hypothesis, token: number, logprob: number): Hypothesis {
  return { tokens: [...tokens, token], logprobs: [...logprobs, logprob], sum: sum + logprob };
}

/** @param sum with the log-probability of the end of text, where the text came to it */
export function searchedText(
  { tokens, logprobs, sum }: Hypothesis,
  cut: { keep: number } | null,
): SearchedText {
  const keep = cut?.keep ?? tokens.length;
  return {
    tokens: tokens.slice(0, keep),
    logprobs: logprobs.slice(0, keep),
    avgLogprob: sum / (tokens.length + 1),
    cut: cut !== null,
  };
}
