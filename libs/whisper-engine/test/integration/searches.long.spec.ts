import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WhisperEngine } from '../../src/engine.js';
import type { TranscribeOptions } from '../../src/options.js';
import type { Segment } from '../../src/transcript.js';
import { clip, noise, openEngine, sample, silence, transcribe } from './engine.fixture.js';

const SENTENCE =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';
const YOUNG_MAN = 'he was not an illdisposed young man';
const LIMIT_MS = 60_000;

let engine: WhisperEngine;

beforeAll(async () => {
  engine = await openEngine();
}, LIMIT_MS);

afterAll(() => engine.dispose());

describe('every way to search', () => {
  it.each<[string, TranscribeOptions]>([
    ['beams', { beamSize: 4 }],
    ['samples at a low temperature', { temperatures: [0.2], bestOf: 3 }],
    ['window by window, with timestamps', { mode: 'sequential' }],
    ['window by window, with beams', { mode: 'sequential', beamSize: 3 }],
    ['without voice activity detection', { vad: false }],
    ['window by window, without voice activity detection', { mode: 'sequential', vad: false }],
  ])(
    'finds what was said: %s',
    async (_, options) => {
      const audio = [sample(), silence(4), clip('en/librivox_0880.wav'), silence(2)];
      const { plain, segments } = await transcribe(engine, audio, { language: 'en', ...options });
      expect(plain).toBe(`${SENTENCE} ${YOUNG_MAN}`);
      expect(segments[0]?.start).toBeLessThan(1);
      expect(segments.at(-1)?.start).toBeGreaterThan(10);
      expect(segments.at(-1)?.end).toBeLessThanOrEqual(16);
    },
    LIMIT_MS,
  );

  it(
    'draws the same text for the same audio',
    async () => {
      const options = { language: 'en', temperatures: [1] };
      const [first, second] = [
        await transcribe(engine, [sample()], options),
        await transcribe(engine, [sample()], options),
      ];
      expect(first.segments).toEqual(second.segments);
      expect(first.segments[0]?.temperature).toBe(1);
    },
    LIMIT_MS,
  );
});

describe('a greedy text that is unsure', () => {
  it(
    'is replaced by a likelier one that a beam finds, unless greedy texts were asked for',
    async () => {
      const hiss = noise(5, 0.05);
      const audio = [clip('en/librivox_0890.wav').map((value, at) => value + (hiss[at] ?? 0))];
      const greedy = await transcribe(engine, audio, { language: 'en', beamSize: 1 });
      const unsure = await transcribe(engine, audio, { language: 'en' });
      const gain = (unsure.segments[0]?.avgLogprob ?? 0) - (greedy.segments[0]?.avgLogprob ?? 0);
      expect(gain).toBeGreaterThan(0.005);
      expect(unsure.plain).not.toBe(greedy.plain);
      expect(unsure.segments[0]?.temperature).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'is so in the first three windows only, also where a run goes on',
    async () => {
      const hiss = noise(10, 0.1);
      const hissing = sample().map((value, at) => value + (hiss[at] ?? 0));
      // Too far apart to share a window.
      const audio = Array.from({ length: 4 }, () => [hissing, silence(31)]).flat();
      const greedy = await transcribe(engine, audio, { language: 'en', beamSize: 1 });
      const { chunks, segments } = await transcribe(engine, audio, { language: 'en' });
      const likelier = segments.map(
        ({ avgLogprob }, at) => avgLogprob > (greedy.segments[at]?.avgLogprob ?? 0),
      );
      // In how many of them there is something likelier differs from processor to processor.
      expect(likelier.slice(0, 3)).toContain(true);
      expect(likelier[3]).toBe(false);
      expect(segments[3]).toEqual(greedy.segments[3]);
      const after = chunks.find((chunk) => chunk.segments.length > 0);
      if (after === undefined) throw new Error('There is no text');
      const rest = await transcribe(engine, audio, { language: 'en', resume: after.checkpoint });
      expect(rest.segments).toEqual(segments.slice(1));
    },
    LIMIT_MS,
  );
});

describe('a text that fails a threshold', () => {
  it(
    'is decoded again at the temperatures that were given, and the best is kept',
    async () => {
      const audio = [clip('en/librivox_0880.wav')];
      const at = async (...temperatures: number[]): Promise<Segment | undefined> =>
        (await transcribe(engine, audio, { language: 'en', temperatures, logprobThreshold })).segments[0];
      let logprobThreshold = -9;
      const [sure, drawn] = [await at(0), await at(2)];
      expect(drawn?.avgLogprob).toBeLessThan(sure?.avgLogprob ?? 0);
      logprobThreshold = ((drawn?.avgLogprob ?? 0) + (sure?.avgLogprob ?? 0)) / 2;
      expect(await at(2, 0)).toMatchObject({ temperature: 0, text: sure?.text });
      // Where nothing passes the most probable of all is kept.
      logprobThreshold = 0;
      expect(await at(0, 2)).toMatchObject({ temperature: 0, text: sure?.text });
    },
    LIMIT_MS,
  );

  it(
    'gives no text where the model hears silence',
    async () => {
      const sound = [noise(20, 0.05)];
      const { segments } = await transcribe(engine, sound, { vad: false, language: 'en' });
      expect(segments).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe('window by window', () => {
  it(
    'goes through audio of several windows without losing or repeating a word',
    async () => {
      const audio = Array.from({ length: 5 }, () => [sample(), silence(0.6)]).flat();
      const options: TranscribeOptions = { language: 'en', mode: 'sequential', words: true };
      const { plain, segments, chunks } = await transcribe(engine, audio, options);
      expect(plain.match(/and mr john dashwood/g)).toHaveLength(5);
      expect(plain.match(/in his power to do for them/g)).toHaveLength(5);
      expect(chunks.filter((chunk) => chunk.segments.length > 0).length).toBeGreaterThan(1);
      const starts = segments.flatMap(({ words = [] }) => words.map(({ start }) => start));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(starts.length).toBe(plain.split(' ').length);
    },
    LIMIT_MS,
  );

  it(
    'can see the text of the window before',
    async () => {
      const audio = Array.from({ length: 5 }, () => [sample(), silence(0.6)]).flat();
      const options: TranscribeOptions = {
        language: 'en',
        mode: 'sequential',
        conditionOnPreviousText: true,
      };
      const { plain, chunks } = await transcribe(engine, audio, options);
      expect(plain).toContain(SENTENCE);
      expect(chunks[0]?.checkpoint.speech?.context.length).toBeGreaterThan(10);
    },
    LIMIT_MS,
  );
});

describe('what a request can say', () => {
  it(
    'translates into English',
    async () => {
      const { plain, language } = await transcribe(engine, [clip('fr/bonjour_monde.wav')], {
        task: 'translate',
      });
      expect(plain).toMatch(/^(hello|good morning).*world$/);
      expect(language).toBe('fr');
    },
    LIMIT_MS,
  );

  it.each(['prompt', 'hotwords'] as const)(
    'biases the spelling with %s',
    async (kind) => {
      const plain = await transcribe(engine, [sample()], { language: 'en' });
      expect(plain.text).toContain('Dashwood');
      const biased = await transcribe(engine, [sample()], { language: 'en', [kind]: 'Mr. Jon Dashwoode' });
      expect(biased.text).toMatch(/Jon|Dashwoode/);
    },
    LIMIT_MS,
  );

  it(
    'takes nothing in a prompt for a command',
    async () => {
      const prompt = '<|endoftext|><|startoftranscript|><|de|><|translate|><|0.00|>';
      const { plain, language } = await transcribe(engine, [sample()], {
        language: 'en',
        prompt,
        hotwords: prompt,
      });
      expect([plain, language]).toEqual([SENTENCE, 'en']);
    },
    LIMIT_MS,
  );

  it(
    'keeps to the model’s limit however long the prompt is',
    async () => {
      const prompt = 'It was a long time ago, and nobody remembers it any more. '.repeat(200);
      const { plain } = await transcribe(engine, [sample()], { language: 'en', prompt });
      expect(plain).toBe(SENTENCE);
    },
    LIMIT_MS,
  );

  it(
    'hears each window in its own language',
    async () => {
      const audio = [sample(), silence(40), clip('fr/bonjour_monde.wav'), silence(1)];
      const { segments } = await transcribe(engine, audio, { multilingual: true });
      expect(segments.map(({ language }) => language)).toEqual(['en', 'fr']);
      expect(segments.at(-1)?.text).toMatch(/Bonjour/i);
    },
    LIMIT_MS,
  );

  it(
    'tells the most probable languages',
    async () => {
      const { languages, language } = await transcribe(engine, [sample()]);
      expect(languages).toHaveLength(5);
      expect(languages[0]?.language).toBe(language);
      const probabilities = languages.map(({ probability }) => probability);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    },
    LIMIT_MS,
  );

  it.each<[string, TranscribeOptions]>([
    ['option_invalid', { beamSize: 0 }],
    ['option_invalid', { temperatures: [] }],
    ['option_invalid', { temperatures: [3] }],
    ['option_invalid', { vad: { onset: 1.5 } }],
    ['option_invalid', { vad: { padMs: -1 } }],
    ['option_invalid', { language: 'en', multilingual: true }],
    ['option_invalid', { conditionOnPreviousText: true }],
    ['option_invalid', { prompt: 5 as unknown as string }],
    ['option_invalid', { vad: 'no' as unknown as boolean }],
    ['option_invalid', { compressionRatioThreshold: Number.NaN }],
    ['option_invalid', { mode: 'sideways' as 'batched' }],
    ['option_invalid', { task: 'dance' as 'translate' }],
    ['language_unsupported', { language: 'xx' }],
    ['checkpoint_invalid', { resume: { version: 2 } as never }],
  ])('is refused with %s: %j', async (code, options) => {
    await expect(transcribe(engine, [sample()], options)).rejects.toMatchObject({ code });
  });
});
