import { describe, expect, it } from '@jest/globals';
import { isSilence, needsFallback } from '../../src/decode/fallback.js';
import { truth } from '../truths/truth.js';

interface Fallback {
  compressionRatioThreshold: number;
  logprobThreshold: number;
  noSpeechThreshold: number;
  cases: {
    avgLogprob: number;
    compressionRatio: number;
    noSpeechProb: number;
    needsFallback: boolean;
    dropped: boolean;
  }[];
}

const { cases, ...thresholds } = truth('fallback') as Fallback;

describe('a decoding that went wrong', () => {
  it.each(cases)(
    'is treated as by openai-whisper: log-probability $avgLogprob, ratio $compressionRatio, no speech $noSpeechProb',
    ({ needsFallback: again, dropped, ...figures }) => {
      // The engine lets repetition at the pace of speech pass.
      const decoded = { ...figures, cut: false, tooFast: true };
      expect(needsFallback(decoded, thresholds)).toBe(again);
      // What is decoded again is judged by the figures that come then.
      if (!again) expect(isSilence(decoded, thresholds)).toBe(dropped);
    },
  );
});
