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
export class Hypothesis {
  static readonly EMPTY = new Hypothesis([], [], 0);

  /** @param sum of the log-probabilities, with that of the end of text where the text came to it */
  constructor(
    readonly tokens: readonly number[],
    private readonly logprobs: readonly number[],
    readonly sum: number,
  ) {}

  extended(token: number, logprob: number): Hypothesis {
    return new Hypothesis([...this.tokens, token], [...this.logprobs, logprob], this.sum + logprob);
  }

  /** @param logprob of the end of text */
  ended(logprob: number): Hypothesis {
    return new Hypothesis(this.tokens, this.logprobs, this.sum + logprob);
  }

  /** @param cut tokens to keep of a text that could not go on */
  result(cut: { keep: number } | null): SearchedText {
    const { tokens, logprobs, sum } = this;
    const keep = cut?.keep ?? tokens.length;
    return {
      tokens: tokens.slice(0, keep),
      logprobs: logprobs.slice(0, keep),
      avgLogprob: sum / (tokens.length + 1),
      cut: cut !== null,
    };
  }
}

/** The text with the best mean log-probability, the first of equals; an empty one where there is none. */
export function mostProbable(texts: readonly SearchedText[]): SearchedText {
  const first = texts[0] ?? Hypothesis.EMPTY.result({ keep: 0 });
  return texts.reduce((best, text) => (text.avgLogprob > best.avgLogprob ? text : best), first);
}
