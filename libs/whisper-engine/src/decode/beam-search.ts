import { logSumExp, topIds } from './logits.js';
import { LogitsSearch, type LogitsSearchOptions } from './logits-search.js';
import {
  EMPTY,
  extended,
  searchedText,
  type Hypothesis,
  type RowStep,
  type Search,
  type SearchedText,
  type WindowSearch,
} from './search.js';
import type { TextLimits } from './text-limits.js';

export interface BeamOptions extends LogitsSearchOptions {
  beamSize: number;
}

/**
 * Beam search: the most probable texts are followed side by side until as many have ended as there are beams; the one with the best
 * mean log-probability wins (BeamSearchDecoder and MaximumLikelihoodRanker of openai/whisper, decoding.py, with patience 1).
 */
export class BeamSearch extends LogitsSearch implements Search<Float32Array> {
  readonly width: number;

  constructor(options: BeamOptions) {
    super(options);
    this.width = options.beamSize;
  }

  begin(limits: TextLimits): WindowSearch<Float32Array> {
    return new Beams(this.width, this.endOfText, limits, (logits, tokens) => {
      this.rule(logits, tokens);
    });
  }
}

interface Candidate {
  parent: number;
  token: number;
  text: Hypothesis;
  logprob: number;
}

class Beams implements WindowSearch<Float32Array> {
  private live: readonly Hypothesis[] = [EMPTY];
  private readonly ended: SearchedText[] = [];

  constructor(
    private readonly width: number,
    private readonly endOfText: number,
    private readonly limits: TextLimits,
    private readonly rule: (logits: Float32Array, tokens: readonly number[]) => void,
  ) {}

  advance(answers: readonly Float32Array[]): RowStep[] | null {
    const candidates = this.live
      .flatMap((text, parent) => this.candidates(text, parent, answers[parent]))
      .sort((a, b) => b.text.sum + b.logprob - (a.text.sum + a.logprob));
    const steps: RowStep[] = [];
    const live: Hypothesis[] = [];
    for (const { parent, token, text, logprob } of candidates) {
      if (live.length === this.width) break;
      if (token === this.endOfText) {
        this.end({ ...text, sum: text.sum + logprob }, null);
        continue;
      }
      const longer = extended(text, token, logprob);
      const cut = this.limits.cut(longer.tokens);
      if (cut !== null) {
        this.end(longer, cut);
        continue;
      }
      live.push(longer);
      steps.push({ parent, token });
    }
    this.live = live;
    if (this.ended.length >= this.width || live.length === 0) return null;
    return this.fill(steps);
  }

  result(): SearchedText {
    // Without a probable token from the start there is no text.
    const nothing = searchedText(EMPTY, { keep: 0 });
    return this.ended.reduce(
      (best, text) => (text.avgLogprob > best.avgLogprob ? text : best),
      this.ended[0] ?? nothing,
    );
  }

  private candidates(text: Hypothesis, parent: number, logits: Float32Array | undefined): Candidate[] {
    if (logits === undefined) return [];
    this.rule(logits, text.tokens);
    const total = logSumExp(logits);
    return topIds(logits, this.width + 1)
      .map((token) => ({ parent, token, text, logprob: (logits[token] ?? -Infinity) - total }))
      .filter(({ logprob }) => logprob > -Infinity);
  }

  private end(text: Hypothesis, cut: { keep: number } | null): void {
    if (this.ended.length < this.width) this.ended.push(searchedText(text, cut));
  }

  /** Rows without a text of their own repeat the first. */
  private fill(steps: RowStep[]): RowStep[] {
    const [first] = steps;
    return Array.from({ length: this.width }, (_, row) => steps[row] ?? first).flatMap((step) =>
      step === undefined ? [] : [step],
    );
  }
}
