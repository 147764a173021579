import { describe, expect, it } from '@jest/globals';
import { electLanguages, languageProbabilities } from './language-detection.js';

describe('languageProbabilities', () => {
  it('shares the probability among the language tokens only', () => {
    const logits = Float32Array.from([50, Math.log(1), Math.log(3), 50]);
    const probabilities = languageProbabilities(
      logits,
      new Map([
        ['en', 1],
        ['de', 2],
      ]),
    );
    expect(probabilities.get('en')).toBeCloseTo(0.25, 6);
    expect(probabilities.get('de')).toBeCloseTo(0.75, 6);
  });

  it('is empty for a model without languages', () => {
    expect(languageProbabilities(new Float32Array(4), new Map()).size).toBe(0);
  });
});

describe('electLanguages', () => {
  const vote = (en: number, de: number, weight: number) => ({
    probabilities: new Map([
      ['en', en],
      ['de', de],
    ]),
    weight,
  });

  it('weighs windows by the length of their speech', () => {
    const [elected] = electLanguages([vote(0.9, 0.1, 1), vote(0.2, 0.8, 3)]);
    expect(elected?.language).toBe('de');
    expect(elected?.probability).toBeCloseTo((0.1 * 1 + 0.8 * 3) / 4, 9);
  });

  it('knows no language without speech', () => {
    expect(electLanguages([])).toEqual([]);
  });
});
