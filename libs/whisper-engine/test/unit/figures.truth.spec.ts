import { describe, expect, it } from '@jest/globals';
import { compressionRatio } from '../../src/decode/compression-ratio.js';
import { languageProbabilities, probabilityOf } from '../../src/decode/language-detection.js';
import { truth } from '../truths/truth.js';

interface Languages {
  /** Token of the first language; the others follow it. */
  first: number;
  codes: string[];
  cases: {
    logits: number[];
    best: string;
    probabilities: Record<string, number>;
    noSpeechToken: number;
    noSpeechProb: number;
  }[];
}

const compression = truth('compression') as { text: string; ratio: number }[];
const { first, codes, cases } = truth('languages') as Languages;

describe('the compression ratio', () => {
  it.each(compression)('of "$text" is that of openai-whisper', ({ text, ratio }) => {
    // Node and Python may be built with different versions of zlib: a byte more or less.
    expect(Math.abs(compressionRatio(text) / ratio - 1)).toBeLessThan(0.03);
  });
});

describe('the logits behind the start of transcript', () => {
  it.each(cases)('give the probabilities of openai-whisper: $best', (one) => {
    const logits = Float32Array.from(one.logits);
    const languages = new Map(codes.map((code, index) => [code, first + index]));
    const probabilities = languageProbabilities(logits, languages);
    for (const code of codes) expect(probabilities.get(code)).toBeCloseTo(one.probabilities[code] ?? NaN, 5);
    const highest = Math.max(...probabilities.values());
    expect(probabilities.get(one.best)).toBe(highest);
    expect(probabilityOf(logits, one.noSpeechToken)).toBeCloseTo(one.noSpeechProb, 5);
  });
});
