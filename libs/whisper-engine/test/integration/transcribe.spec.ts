import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineError } from '../../src/errors.js';
import type { WhisperEngine } from '../../src/engine.js';
import { clip, noise, openEngine, sample, silence, tone, transcribe } from './engine.fixture.js';

const SENTENCE =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';
const YOUNG_MAN = 'he was not an illdisposed young man';

let engine: WhisperEngine;

beforeAll(async () => {
  engine = await openEngine();
}, 60_000);

afterAll(() => engine.dispose());

describe('the text of speech', () => {
  it('is what was said, in the language that was spoken', async () => {
    const transcript = await transcribe(engine, [sample()]);
    expect(transcript.plain).toBe(SENTENCE);
    expect(transcript.language).toBe('en');
    expect(transcript.languageProbability).toBeGreaterThan(0.9);
    expect(transcript.duration).toBeCloseTo(7.1, 2);
  });

  it.each([
    ['fr', 'fr/bonjour_monde.wav', 'bonjour le monde'],
    ['ja', 'ja/konnichiwa_sekai.wav', 'こんにちは世界'],
    ['pt', 'pt/pangrama.wav', 'a rápida raposa marrom salta sobre o cachorro preguiçoso'],
  ])('is found in %s without being told the language', async (language, path, text) => {
    const transcript = await transcribe(engine, [clip(path)]);
    expect(transcript.language).toBe(language);
    expect(transcript.plain).toBe(text);
  });

  it('does not depend on the sizes of the blocks that the sound comes in', async () => {
    const audio = sample();
    const blocks = Array.from({ length: Math.ceil(audio.length / 777) }, (_, i) =>
      audio.subarray(i * 777, (i + 1) * 777),
    );
    const whole = await transcribe(engine, [audio], { words: true });
    const parts = await transcribe(engine, blocks, { words: true });
    expect(parts.segments).toEqual(whole.segments);
  });
});

describe('what a run takes', () => {
  it.each([
    ['side by side', 'batched'],
    ['one after the other', 'sequential'],
  ] as const)('is told by stage with each part of the text: %s', async (_, mode) => {
    const run = engine.transcribe([sample()], { stages: true, mode, words: true });
    const stages = new Set<string>();
    for await (const { segments, stages: taken = [] } of run) {
      if (segments.length > 0) for (const { stage } of taken) stages.add(stage);
      for (const { from, to, busy } of taken) {
        expect(to).toBeGreaterThanOrEqual(from);
        expect(busy).toBeGreaterThanOrEqual(0);
      }
    }

    expect([...stages].sort()).toEqual(['align', 'audio', 'decode', 'detect', 'encode', 'vad']);
  });

  it('is of no account where nobody asks', async () => {
    for await (const chunk of engine.transcribe([sample()])) expect(chunk).not.toHaveProperty('stages');
  });
});

describe('speech that repeats itself', () => {
  it('is not taken for a loop of the decoder', async () => {
    const said = Array.from({ length: 6 }, () => [clip('en/librivox_0880.wav'), silence(0.5)]).flat();
    const { plain } = await transcribe(engine, said, { language: 'en' });
    // A sentence more or less is the model's own; a loop would be cut to one.
    expect(plain.match(/young man/g)?.length).toBeGreaterThanOrEqual(4);
  }, 60_000);
});

describe('sound without speech', () => {
  it.each([
    ['no sound at all', []],
    ['silence', [silence(40)]],
    ['noise', [noise(30, 0.2)]],
    ['a tone', [tone(20, 440)]],
    ['a fraction of a second', [silence(0.01)]],
  ])('gives no segment: %s', async (_, audio) => {
    const transcript = await transcribe(engine, audio);
    expect(transcript.segments).toEqual([]);
    expect(transcript.language).toBeNull();
    expect(transcript.languageProbability).toBeNull();
    expect(transcript.duration).toBeCloseTo(audio.reduce((sum, { length }) => sum + length, 0) / 16_000, 6);
  });

  it.each(['batched', 'sequential'] as const)(
    'has no language where windows give no text: %s',
    async (mode) => {
      // Any text counts as none.
      const options = { mode, noSpeechThreshold: -1, logprobThreshold: 1 };
      const { chunks, ...transcript } = await transcribe(engine, [sample(), silence(40)], options);
      expect(chunks.some(({ checkpoint }) => checkpoint.batches > 0)).toBe(true);
      expect(chunks.map(({ language }) => language)).toEqual(chunks.map(() => null));
      expect(transcript).toMatchObject({
        segments: [],
        language: null,
        languageProbability: null,
        languages: [],
      });
    },
  );

  it('keeps a language that was given', async () => {
    expect(await transcribe(engine, [silence(1)], { language: 'de' })).toMatchObject({
      language: 'de',
      languageProbability: 1,
    });
  });
});

describe('times', () => {
  it('count from the start of the audio, across silence', async () => {
    const audio = [
      silence(35),
      clip('en/librivox_0880.wav'),
      silence(50),
      clip('en/librivox_0880.wav'),
      silence(3),
    ];
    const { segments, plain } = await transcribe(engine, audio, { language: 'en' });
    expect(plain).toBe(`${YOUNG_MAN} ${YOUNG_MAN}`);
    expect(segments).toHaveLength(2);
    expect(segments[0]?.start).toBeGreaterThanOrEqual(35);
    expect(segments[0]?.end).toBeLessThanOrEqual(38);
    expect(segments[1]?.start).toBeGreaterThanOrEqual(87.9);
    expect(segments[1]?.end).toBeLessThanOrEqual(91);
  });

  it('of words run forward inside their segment and carry probabilities', async () => {
    const { segments } = await transcribe(engine, [sample()], { words: true });
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map(({ text }) => text).join(' ')).toBe(segments.map(({ text }) => text).join(' '));
    let before = 0;
    for (const { start, end, probability } of words) {
      expect(start).toBeGreaterThanOrEqual(before);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThanOrEqual(1);
      before = end;
    }
    expect(segments[0]?.start).toBe(words[0]?.start);
    expect(segments.at(-1)?.end).toBe(words.at(-1)?.end);
  });

  it('of words are left out unless asked for', async () => {
    const { segments } = await transcribe(engine, [sample()]);
    expect(segments.every((segment) => segment.words === undefined)).toBe(true);
  });
});

describe('a run', () => {
  it('reports positions that only go forward, up to the end of the audio', async () => {
    const audio = [sample(), silence(120), sample(), silence(60)];
    const { chunks, duration } = await transcribe(engine, audio, { language: 'en' });
    const positions = chunks.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBeGreaterThan(5);
    expect(positions.at(-1)).toBeCloseTo(duration, 6);
  });

  it('gives the first text while sound is still coming', async () => {
    const heard = Promise.withResolvers<null>();
    async function* waiting(): AsyncGenerator<Float32Array> {
      yield sample();
      yield silence(60);
      await heard.promise;
    }
    for await (const { segments } of engine.transcribe(waiting(), { language: 'en' })) {
      if (segments.length > 0) heard.resolve(null);
    }
  });

  it('ends with an error of its own when it is aborted', async () => {
    const abort = new AbortController();
    function* speech(): Generator<Float32Array> {
      yield sample();
      abort.abort();
      yield silence(60);
    }
    const run = transcribe(engine, speech(), { signal: abort.signal });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    await expect(run).rejects.toBeInstanceOf(EngineError);
  });

  it('passes on what the source of the sound throws', async () => {
    function* broken(): Generator<Float32Array> {
      yield sample();
      throw new RangeError('no more sound');
    }
    await expect(transcribe(engine, broken())).rejects.toThrow('no more sound');
  });

  it('refuses a language that the model does not know', async () => {
    await expect(transcribe(engine, [sample()], { language: 'xx' })).rejects.toMatchObject({
      code: 'language_unsupported',
    });
  });
});
