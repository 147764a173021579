import { describe, expect, it } from '@jest/globals';
import type { GenerationConfig } from './model/generation-config.js';
import type { TranscribeOptions } from './options.js';
import { readRunOptions } from './run-options.js';

const config: GenerationConfig = {
  vocabulary: 51_865,
  endOfText: 50_257,
  startOfTranscript: 50_258,
  startOfPrevious: 50_361,
  noSpeech: 50_362,
  noTimestamps: 50_363,
  firstTimestamp: 50_364,
  transcribe: 50_359,
  translate: 50_358,
  languages: new Map([['en', 50_259]]),
  suppressed: [],
  suppressedFirst: [],
  maxLength: 448,
};

const searchesAgain = (options: TranscribeOptions, possible = true): boolean =>
  readRunOptions(options, { config, wordTimes: true, searchesAgain: possible }).searchesAgain;

describe('a search with a beam where greedy texts are unsure', () => {
  it('is what a request gets that asks for nothing else', () => {
    expect(searchesAgain({})).toBe(true);
    expect(searchesAgain({ language: 'en', words: true, prompt: 'Names' })).toBe(true);
  });

  it.each<TranscribeOptions>([
    { beamSize: 1 },
    { beamSize: 5 },
    { task: 'translate' },
    { mode: 'sequential' },
    { temperatures: [0.2] },
  ])('is not done for %j', (options) => {
    expect(searchesAgain(options)).toBe(false);
  });

  it('is not done where the engine cannot', () => {
    expect(searchesAgain({}, false)).toBe(false);
  });

  it('is done again by a run that goes on, whatever its engine could', () => {
    const resume = {
      version: 1,
      mode: 'batched',
      batchSize: 4,
      batches: 1,
      position: 0,
      languages: [],
      heard: false,
      held: [],
    } as const;
    const from = (before: boolean): TranscribeOptions => ({
      resume: { ...resume, languages: [], held: [], searchesAgain: before },
    });
    expect(searchesAgain(from(true), false)).toBe(true);
    expect(searchesAgain(from(false))).toBe(false);
  });
});
