import { logSumExp, topIds } from './logits.js';
import { LogitsSearch, type LogitsSearchOptions } from './logits-search.js';
import { Hypothesis, mostProbable, type RowStep, type SearchedText, type WindowSearch } from './search.js';
import type { TextLimits } from './text-limits.js';

export interface BeamOptions extends LogitsSearchOptions {
  beamSize: number;
}

/**
 * Beam search: the most probable texts are followed side by side until as many have ended as there are beams; the one with the best
 * mean log-probability wins (BeamSearchDecoder and MaximumLikelihoodRanker of openai/whisper, decoding.py, with patience 1).
 */
export class BeamSearch extends LogitsSearch {
  constructor(options: BeamOptions) {
    super(options, options.beamSize);
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
  private live: readonly Hypothesis[] = [Hypothesis.EMPTY];
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
        this.end(text.ended(logprob), null);
        continue;
      }
      const longer = text.extended(token, logprob);
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
    // None has ended where no token is possible from the start.
    return mostProbable(this.ended);
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
    if (this.ended.length < this.width) this.ended.push(text.result(cut));
  }

  /** Rows without a text of their own repeat the first. */
  private fill(steps: RowStep[]): RowStep[] {
    const [first] = steps;
    return Array.from({ length: this.width }, (_, row) => steps[row] ?? first).flatMap((step) =>
      step === undefined ? [] : [step],
    );
  }
}
