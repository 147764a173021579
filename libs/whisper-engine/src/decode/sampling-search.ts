import { argMax, draw, logSumExp, seededRandom } from './logits.js';
import { LogitsSearch, type LogitsSearchOptions } from './logits-search.js';
import { Hypothesis, mostProbable, type RowStep, type SearchedText, type WindowSearch } from './search.js';
import type { TextLimits } from './text-limits.js';

export interface SamplingOptions extends LogitsSearchOptions {
  /** 0 takes the most probable token, above that tokens are drawn from softmax(logits / temperature). */
  temperature: number;
  /** Texts that are drawn side by side; the one with the best mean log-probability is kept. */
  bestOf: number;
}

/** Texts that are drawn token by token, each by itself. */
export class SamplingSearch extends LogitsSearch {
  private readonly temperature: number;

  constructor(options: SamplingOptions) {
    super(options, options.temperature === 0 ? 1 : options.bestOf);
    this.temperature = options.temperature;
  }

  begin(limits: TextLimits, seed: number): WindowSearch<Float32Array> {
    const random = seededRandom(seed + Math.round(this.temperature * 1000));
    return new SampledTexts(this.width, this.endOfText, limits, (logits, tokens) => {
      this.rule(logits, tokens);
      return this.temperature === 0 ? argMax(logits) : draw(logits, this.temperature, random);
    });
  }
}

interface SampledText {
  text: Hypothesis;
  ended: boolean;
  cut: { keep: number } | null;
}

class SampledTexts implements WindowSearch<Float32Array> {
  private readonly rows: SampledText[];

  constructor(
    width: number,
    private readonly endOfText: number,
    private readonly limits: TextLimits,
    private readonly pick: (logits: Float32Array, tokens: readonly number[]) => number,
  ) {
    this.rows = Array.from({ length: width }, () => ({ text: Hypothesis.EMPTY, ended: false, cut: null }));
  }

  advance(answers: readonly Float32Array[]): RowStep[] | null {
    const steps = this.rows.map((row, index) => {
      const logits = answers[index];
      // The rows of a window stay together: one that has ended waits for the others.
      const token = row.ended || logits === undefined ? this.endOfText : this.extend(row, logits);
      return { parent: index, token };
    });
    return this.rows.every(({ ended }) => ended) ? null : steps;
  }

  result(): SearchedText {
    return mostProbable(this.rows.map(({ text, cut }) => text.result(cut)));
  }

  private extend(row: SampledText, logits: Float32Array): number {
    const token = this.pick(logits, row.text.tokens);
    const logprob = (logits[token] ?? -Infinity) - logSumExp(logits);
    if (token === this.endOfText) {
      row.text = row.text.ended(logprob);
      row.ended = true;
      return token;
    }
    row.text = row.text.extended(token, logprob);
    row.cut = this.limits.cut(row.text.tokens);
    row.ended = row.cut !== null;
    return token;
  }
}
