import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_THRESHOLDS,
  isLikelier,
  isSilence,
  isUnsure,
  needsFallback,
  type TextFigures,
} from './fallback.js';

const GOOD: TextFigures = {
  avgLogprob: -0.3,
  compressionRatio: 1.4,
  noSpeechProb: 0.1,
  cut: false,
  tooFast: false,
};
const doubts = (figures: Partial<TextFigures>): boolean =>
  needsFallback({ ...GOOD, ...figures }, DEFAULT_THRESHOLDS);

describe('needsFallback', () => {
  it('trusts a usual text', () => {
    expect(doubts({})).toBe(false);
  });

  it('doubts what was cut, what is improbable, and what repeats itself faster than anybody speaks', () => {
    expect(doubts({ cut: true })).toBe(true);
    expect(doubts({ avgLogprob: -1.1 })).toBe(true);
    expect(doubts({ compressionRatio: 2.5, tooFast: true })).toBe(true);
  });

  it('lets repetition at the pace of speech pass', () => {
    expect(doubts({ compressionRatio: 3 })).toBe(false);
  });

  it('does not decode silence again', () => {
    const silence = { ...GOOD, noSpeechProb: 0.7, avgLogprob: -1.2 };
    expect(isSilence(silence, DEFAULT_THRESHOLDS)).toBe(true);
    expect(needsFallback(silence, DEFAULT_THRESHOLDS)).toBe(false);
    expect(isSilence({ ...silence, avgLogprob: -0.5 }, DEFAULT_THRESHOLDS)).toBe(false);
  });
});

describe('a search with a beam', () => {
  it('is worth its time for texts below a mean log-probability, and needs a gain that is more than rounding', () => {
    expect(isUnsure(-0.17)).toBe(false);
    expect(isUnsure(-0.19)).toBe(true);
    expect(isLikelier(-0.3, -0.31)).toBe(true);
    expect(isLikelier(-0.3, -0.304)).toBe(false);
    expect(isLikelier(-0.31, -0.3)).toBe(false);
  });
});
