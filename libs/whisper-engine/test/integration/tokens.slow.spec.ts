import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WhisperEngine } from '../../src/engine.js';
import type { TranscribeOptions } from '../../src/options.js';
import type { Segment } from '../../src/transcript.js';
import { clip, openEngine, sample, silence, transcribe, VAD_PATH } from './engine.fixture.js';
import { MiniatureCopy } from './miniature.fixture.js';

const LIMIT_MS = 120_000;
const DECODER = 'onnx/decoder_model_merged_quantized.onnx';

let engine: WhisperEngine;

beforeAll(async () => {
  engine = await openEngine();
}, LIMIT_MS);

afterAll(() => engine.dispose());

const written = ({ tokens = [] }: Segment): string =>
  Buffer.from(tokens.flatMap(({ bytes }) => bytes)).toString('utf8');

function expectWholeText(segments: readonly Segment[]): void {
  expect(segments.length).toBeGreaterThan(0);
  for (const segment of segments) {
    expect(written(segment).trim()).toBe(segment.text);
    for (const { logprob } of segment.tokens ?? []) expect(logprob).toBeLessThanOrEqual(0);
  }
}

describe('the tokens of segments', () => {
  it.each<[string, TranscribeOptions]>([
    ['side by side', {}],
    ['with words', { words: true }],
    ['with a beam', { beamSize: 3 }],
    ['drawn', { temperatures: [0.6] }],
    ['where no text is trusted and windows are halved', { logprobThreshold: 0, temperatures: [0] }],
    ['with timestamps', { mode: 'sequential' }],
    ['with timestamps and words', { mode: 'sequential', words: true }],
  ])(
    'are the text: %s',
    async (_, options) => {
      const audio = [sample(), silence(0.5), clip('en/librivox_0880.wav'), silence(0.5), sample()];
      const { segments } = await transcribe(engine, audio, { language: 'en', tokens: true, ...options });
      expectWholeText(segments);
    },
    LIMIT_MS,
  );

  it(
    'are the text where no spaces part its words',
    async () => {
      const { segments } = await transcribe(engine, [clip('ja/konnichiwa_sekai.wav')], { tokens: true });
      expectWholeText(segments);
    },
    LIMIT_MS,
  );

  it(
    'come from models without alignment heads too',
    async () => {
      const copy = new MiniatureCopy();
      copy.move('variants/decoder_without_cross_attentions.onnx', DECODER);
      const small = await WhisperEngine.load({ modelDir: copy.folder, vadPath: VAD_PATH, threads: 1 });
      try {
        const options = { vad: false, tokens: true, noSpeechThreshold: 1, logprobThreshold: -99 } as const;
        const { segments } = await transcribe(small, [sample()], options);
        expectWholeText(segments);
      } finally {
        await small.dispose();
        copy.delete();
      }
    },
    LIMIT_MS,
  );

  it(
    'change nothing else, and are left out unless asked for',
    async () => {
      const kept = await transcribe(engine, [sample()], { words: true, tokens: true });
      const plain = await transcribe(engine, [sample()], { words: true });
      expect(plain.segments.every((segment) => !('tokens' in segment))).toBe(true);
      expect(kept.segments.map((segment) => ({ ...segment, tokens: undefined }))).toEqual(plain.segments);
    },
    LIMIT_MS,
  );
});
