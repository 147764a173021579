import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WhisperEngine } from '@whisper-transcriber/engine';
import { openPcm } from '../../src/platform/media/pcm-source.js';
import { median } from '../bench/measures/median.js';
import { startErrors } from '../bench/measures/word-errors.js';
import { fixturePath } from '../support/api-client.js';

const MODELS = path.resolve(import.meta.dirname, '../../models');
const LIMIT_MS = 60_000;

let engine: WhisperEngine;

beforeAll(async () => {
  engine = await WhisperEngine.load({
    modelDir: path.join(MODELS, 'whisper-base'),
    vadPath: path.join(MODELS, 'silero-vad/silero_vad_v6.onnx'),
    threads: 2,
  });
}, LIMIT_MS);

afterAll(() => engine.dispose());

describe('the times of words', () => {
  it(
    'are those of a synthesiser that says when it begins each: 80 ms off at most in the median, and not all to one side',
    async () => {
      const { words: exact } = JSON.parse(
        readFileSync(fixturePath('clips/en/words_exact.words.json'), 'utf8'),
      ) as { words: { word: string; start: number }[] };
      const found = [];
      const sound = openPcm(fixturePath('clips/en/words_exact.flac'));
      for await (const { segments } of engine.transcribe(sound, { language: 'en', words: true })) {
        found.push(...segments.flatMap(({ words = [] }) => words));
      }
      const errors = startErrors(
        exact.map(({ word, start }) => ({ text: word, start })),
        found,
      );
      expect(errors.length).toBeGreaterThan(0.9 * exact.length);
      expect(median(errors.map(Math.abs))).toBeLessThanOrEqual(0.08);
      expect(Math.abs(median(errors))).toBeLessThanOrEqual(0.04);
    },
    LIMIT_MS,
  );
});
