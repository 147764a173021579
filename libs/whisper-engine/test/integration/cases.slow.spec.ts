import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { WhisperEngine } from '../../src/engine.js';
import { clip, noise, openEngine, sample, silence, tone, transcribe, VAD_PATH } from './engine.fixture.js';
import { MINIATURE, MiniatureCopy } from './miniature.fixture.js';

const LIMIT_MS = 120_000;
const MIB = 1024 ** 2;
const DECODER = 'onnx/decoder_model_merged_quantized.onnx';

let engine: WhisperEngine;
let miniature: WhisperEngine;

beforeAll(async () => {
  engine = await openEngine();
  miniature = await WhisperEngine.load({ modelDir: MINIATURE, vadPath: VAD_PATH, threads: 1 });
}, LIMIT_MS);

afterAll(async () => {
  await engine.dispose();
  await miniature.dispose();
});

/** Seconds until somebody speaks. */
const speechStart = (samples: Float32Array): number =>
  samples.findIndex((value) => Math.abs(value) > 0.03) / 16_000;

describe('silence and noise', () => {
  it.each([
    ['silence', silence(30)],
    ['noise', noise(30, 0.3)],
    ['a tone', tone(30, 220)],
  ])(
    'give no text, whatever the model would make of them: %s',
    async (_, sound) => {
      for (const model of [engine, miniature]) {
        const { text, segments } = await transcribe(model, [sound], { words: true });
        expect([text, segments]).toEqual(['', []]);
      }
    },
    LIMIT_MS,
  );
});

describe('speech around a gap', () => {
  it(
    'has its words where they are spoken, and none that lasts through the gap',
    async () => {
      const audio = [sample(), silence(20), clip('en/librivox_0890.wav')];
      const { segments } = await transcribe(engine, audio, { language: 'en', words: true });
      const words = segments.flatMap((segment) => segment.words ?? []);
      const gapEnd = (sample().length + silence(20).length) / 16_000;
      const first = words.find(({ start }) => start > sample().length / 16_000);
      expect(first?.text).toBe('Unless');
      expect(Math.abs((first?.start ?? 0) - gapEnd - speechStart(clip('en/librivox_0890.wav')))).toBeLessThan(
        0.5,
      );
      for (const { start, end } of words) expect(end - start).toBeLessThanOrEqual(2);
    },
    LIMIT_MS,
  );
});

describe('minutes of speech', () => {
  it(
    'are written down whole: nothing lost or twice at the edges of windows, nothing looped',
    async () => {
      const sentences = [sample(), clip('en/librivox_0890.wav'), clip('en/librivox_0880.wav')];
      // In another order each time, so that windows are cut at other places.
      const order = Array.from({ length: 24 }, (_, index) => (index * 7 + Math.floor(index / 3)) % 3);
      const audio = order.flatMap((index) => [sentences[index] ?? silence(0), silence(0.4)]);
      const { plain, segments, chunks } = await transcribe(engine, audio, { language: 'en', words: true });
      const beginnings = [/and mr john dashwood/g, /unless to be rather/g, /not an illdisposed young man/g];
      const counts = beginnings.map((pattern) => plain.match(pattern)?.length ?? 0);
      expect(counts).toEqual([0, 1, 2].map((which) => order.filter((index) => index === which).length));
      const starts = segments.flatMap(({ words = [] }) => words.map(({ start }) => start));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(chunks.filter((chunk) => chunk.segments.length > 0).length).toBeGreaterThan(2);
      for (const { avgLogprob, compressionRatio, temperature } of segments) {
        expect(avgLogprob).toBeGreaterThan(-1);
        expect(compressionRatio).toBeLessThan(2.4);
        expect(temperature).toBe(0);
      }
    },
    LIMIT_MS,
  );
});

describe('another language', () => {
  it(
    'gives the same text detected and told, and English when translated',
    async () => {
      const audio = [clip('es/pangrama.wav')];
      const detected = await transcribe(engine, audio);
      const told = await transcribe(engine, audio, { language: 'es' });
      expect(detected.language).toBe('es');
      expect(told.text).toBe(detected.text);
      const translated = await transcribe(engine, audio, { language: 'es', task: 'translate' });
      expect(translated.plain).not.toBe(told.plain);
      expect(translated.plain).toMatch(/\bthe\b/);
    },
    LIMIT_MS,
  );
});

describe('sound that is none', () => {
  it(
    'is silence, and spoils nothing around it',
    async () => {
      const broken = silence(3).fill(Number.NaN, 0, 10_000).fill(Infinity, 10_000, 20_000).fill(1e30, 20_000);
      const { plain } = await transcribe(engine, [broken, sample()], { language: 'en' });
      expect(plain).toMatch(/^and mr john dashwood.*do for them$/);
    },
    LIMIT_MS,
  );

  it('is refused where it was never scaled from integers', async () => {
    const integers = clip('en/librivox_0880.wav').map((value) => Math.round(value * 32_768));
    for (const vad of [true, false]) {
      await expect(transcribe(engine, [integers], { vad })).rejects.toMatchObject({
        code: 'audio_invalid',
        message: expect.stringContaining('between -1 and 1'),
      });
    }
  });

  it('is refused where it is no sound at all', async () => {
    const wrong = silence(1) as unknown as Float32Array[];
    await expect(transcribe(engine, wrong)).rejects.toMatchObject({ code: 'audio_invalid' });
  });
});

describe('a model without alignment heads', () => {
  it(
    'goes by its timestamps, and refuses to give times of words',
    async () => {
      const copy = new MiniatureCopy();
      try {
        copy.move('variants/decoder_without_cross_attentions.onnx', DECODER);
        const model = await WhisperEngine.load({ modelDir: copy.folder, vadPath: VAD_PATH, threads: 1 });
        expect(model.wordTimes).toBe(false);
        const { chunks } = await transcribe(model, [sample()], { language: 'en' });
        expect(chunks[0]?.checkpoint.mode).toBe('sequential');
        await expect(transcribe(model, [sample()], { words: true })).rejects.toMatchObject({
          code: 'option_invalid',
        });
        await model.dispose();
      } finally {
        copy.delete();
      }
    },
    LIMIT_MS,
  );
});

describe('many short calls', () => {
  it(
    'leave no memory and no file behind, and all give text',
    async () => {
      const call = async (): Promise<void> => {
        const { segments } = await transcribe(miniature, [clip('en/librivox_0880.wav')], { language: 'en' });
        expect(segments.length).toBeGreaterThan(0);
      };
      const openFiles = (): number => readdirSync('/proc/self/fd').length;
      for (let i = 0; i < 40; i++) await call();
      const [memory, files] = [process.memoryUsage().rss, openFiles()];
      for (let i = 0; i < 80; i++) await call();
      expect(process.memoryUsage().rss / MIB).toBeLessThan((memory / MIB) * 1.1);
      expect(openFiles()).toBeLessThanOrEqual(files);
    },
    LIMIT_MS,
  );
});
