import { describe, expect, it } from '@jest/globals';
import { DEFAULT_DECODING } from '../../jobs/decoding-options.view.js';
import { toEngineOptions } from './engine-options.js';

describe('toEngineOptions', () => {
  it('leaves open what nobody asked for', () => {
    expect(toEngineOptions(DEFAULT_DECODING)).toEqual({ task: 'transcribe', words: false, tokens: false });
  });

  it('passes on what was asked for', () => {
    const asked = { task: 'translate', words: true, tokens: true, prompt: 'A', hotwords: 'B' } as const;
    expect(toEngineOptions({ ...DEFAULT_DECODING, ...asked })).toEqual(asked);
  });

  it('keeps to one temperature above 0, and leaves 0 to the ladder of the engine', () => {
    expect(toEngineOptions({ ...DEFAULT_DECODING, temperature: 0.4 })).toMatchObject({ temperatures: [0.4] });
    expect(toEngineOptions({ ...DEFAULT_DECODING, temperature: 0 })).not.toHaveProperty('temperatures');
  });

  it.each([
    [0.5, 0.35],
    [0.1, 0.01],
    [0.005, 0.005],
  ])('lets speech that begins at %d go on down to %d', (threshold, offset) => {
    const vad = { threshold, minSilenceMs: 200, padMs: 300 };
    const given = toEngineOptions({ ...DEFAULT_DECODING, vad }).vad;
    expect(given).toEqual({
      onset: threshold,
      offset: expect.closeTo(offset, 9),
      minSilenceMs: 200,
      padMs: 300,
    });
  });
});
