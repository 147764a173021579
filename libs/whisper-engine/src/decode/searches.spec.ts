import { describe, expect, it } from '@jest/globals';
import { BeamSearch } from './beam-search.js';
import { GreedySearch } from './greedy-search.js';
import { SamplingSearch } from './sampling-search.js';
import type { Search, SearchedText, WindowSearch } from './search.js';
import { TextLimits } from './text-limits.js';

/** a, b, c, end: a language of three words, in which the likeliest first word leads into the less likely texts. */
const END = 3;
const LIMITS = new TextLimits(10, 12, 100);
const OPTIONS = { endOfText: END, noTimestamps: 99, firstTimestamp: 100, timestamps: false };

/** Probabilities of what follows a text. */
function next(text: string): number[] {
  switch (text) {
    case '':
      return [0.6, 0.4, 0, 0];
    case '0':
      return [0.25, 0.25, 0.25, 0.25];
    case '1':
      return [0, 0, 0.9, 0.1];
    case '1,2':
      return [0.05, 0.05, 0, 0.9];
    default:
      return [0.1, 0.1, 0.1, 0.7];
  }
}

const logitsOf = (text: string): Float32Array => Float32Array.from(next(text), Math.log);

function run<Answer>(search: Search<Answer>, answer: (text: string) => Answer): SearchedText {
  const window: WindowSearch<Answer> = search.begin(LIMITS, 1);
  let rows = Array.from({ length: search.width }, () => '');
  for (;;) {
    const steps = window.advance(rows.map(answer));
    if (steps === null) return window.result();
    rows = steps.map(({ parent, token }) => [rows[parent], token].filter((part) => part !== '').join(','));
  }
}

describe('searches', () => {
  it('greedy: takes the best token at each step', () => {
    const choice = (text: string): { token: number; logprob: number } => {
      const probabilities = next(text);
      const token = probabilities.indexOf(Math.max(...probabilities));
      return { token, logprob: Math.log(probabilities[token] ?? 0) };
    };
    const found = run(new GreedySearch(END), choice);
    expect(found.tokens[0]).toBe(0);
    expect(found.cut).toBe(false);
    expect(found.logprobs).toHaveLength(found.tokens.length);
    expect(found.logprobs[0]).toBeCloseTo(Math.log(0.6), 6);
  });

  it('beams: find the better text behind the worse beginning', () => {
    const found = run(new BeamSearch({ ...OPTIONS, beamSize: 3 }), logitsOf);
    expect(found.tokens).toEqual([1, 2]);
    expect(found.avgLogprob).toBeCloseTo(Math.log(0.4 * 0.9 * 0.9) / 3, 5);
  });

  it('sampling at temperature 0: takes the best token at each step, whatever bestOf says', () => {
    const search = new SamplingSearch({ ...OPTIONS, temperature: 0, bestOf: 5 });
    expect(search.width).toBe(1);
    expect(run(search, logitsOf).tokens[0]).toBe(0);
  });

  it('sampling: keeps the best of several texts', () => {
    const search = new SamplingSearch({ ...OPTIONS, temperature: 1, bestOf: 20 });
    const found = run(search, logitsOf);
    expect(found.tokens).toEqual([1, 2]);
  });

  it('end a text that loops or does not end', () => {
    const endless = (): Float32Array => Float32Array.from([0, -9, -9, -99]);
    const found = run(new SamplingSearch({ ...OPTIONS, temperature: 0, bestOf: 1 }), endless);
    expect(found.cut).toBe(true);
    expect(found.tokens).toHaveLength(12);
    expect(run(new BeamSearch({ ...OPTIONS, beamSize: 2 }), endless).cut).toBe(true);
  });
});
