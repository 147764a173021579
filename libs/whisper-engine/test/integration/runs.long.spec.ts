import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Checkpoint } from '../../src/checkpoint.js';
import { WhisperEngine } from '../../src/engine.js';
import type { AudioBlock, TranscribeOptions } from '../../src/options.js';
import type { Segment } from '../../src/transcript.js';
import { clip, MODEL_DIR, openEngine, sample, silence, transcribe, VAD_PATH } from './engine.fixture.js';

const LIMIT_MS = 120_000;

let engine: WhisperEngine;

beforeAll(async () => {
  engine = await openEngine();
}, LIMIT_MS);

afterAll(() => engine.dispose());

/** An engine whose batches have room for one window. */
const openSmall = (): Promise<WhisperEngine> =>
  WhisperEngine.load({ modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 1, batchSize: 1 });

const YOUNG = (): Float32Array => clip('en/librivox_0880.wav');
const GAP_S = 35;

/** Four windows: nothing shares one across such a gap. */
const recording = (): Float32Array[] =>
  [sample(), YOUNG(), sample(), YOUNG()].flatMap((speech) => [speech, silence(GAP_S)]);

/** The samples of a whole recording as two channels; the shorter one ends in silence. */
function stereo(left: readonly Float32Array[], right: readonly Float32Array[]): AudioBlock[] {
  const [a, b] = [left, right].map((parts) => Float32Array.from(parts.flatMap((part) => [...part])));
  const length = Math.max(a?.length ?? 0, b?.length ?? 0);
  return [
    [a, b].map((channel) => {
      const samples = new Float32Array(length);
      samples.set(channel ?? []);
      return samples;
    }),
  ];
}

interface Seen {
  at: Checkpoint;
  before: Segment[];
}

async function checkpointsOf(audio: readonly AudioBlock[], options: TranscribeOptions): Promise<Seen[]> {
  const seen: Seen[] = [];
  const before: Segment[] = [];
  for await (const { segments, checkpoint } of engine.transcribe(audio, options)) {
    before.push(...segments);
    // As it would be stored.
    seen.push({ at: JSON.parse(JSON.stringify(checkpoint)) as Checkpoint, before: [...before] });
  }
  return seen;
}

/** Between batches only the position moves. */
const lastOfEachBatch = (seen: readonly Seen[]): Seen[] =>
  seen.filter(({ at }, index) => at.batches !== seen[index + 1]?.at.batches);

describe('a run that is resumed', () => {
  it.each<[string, TranscribeOptions]>([
    ['side by side, language detected', { words: true, tokens: true }],
    ['side by side, language given', { language: 'en' }],
    ['window by window', { mode: 'sequential', conditionOnPreviousText: true }],
  ])(
    'gives the same text from every checkpoint: %s',
    async (_, options) => {
      const audio = recording();
      const whole = await transcribe(engine, audio, options);
      const checkpoints = await checkpointsOf(audio, options);
      expect(checkpoints.filter(({ before }) => before.length > 0).length).toBeGreaterThan(1);
      for (const { at, before } of lastOfEachBatch(checkpoints)) {
        const rest = await transcribe(engine, audio, { ...options, resume: at });
        expect([...before, ...rest.segments]).toEqual(whole.segments);
        expect(rest.language).toBe(whole.language);
        expect(rest.languageProbability).toBe(whole.languageProbability);
        expect(rest.duration).toBe(whole.duration);
        for (const { position } of rest.chunks) expect(position * 16_000).toBeGreaterThanOrEqual(at.position);
      }
    },
    LIMIT_MS,
  );

  it(
    'does not decode what is done',
    async () => {
      const audio = recording();
      const checkpoints = await checkpointsOf(audio, { language: 'en' });
      const last = checkpoints.at(-1)?.at;
      const { chunks } = await transcribe(engine, audio, { language: 'en', ...(last && { resume: last }) });
      expect(chunks).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe('a checkpoint', () => {
  it(
    'remembers the size of the batches that it counts',
    async () => {
      const small = await openSmall();
      try {
        const audio = recording();
        const whole = await transcribe(engine, audio, { language: 'en' });
        for (const { at, before } of lastOfEachBatch(await checkpointsOf(audio, { language: 'en' }))) {
          const rest = await transcribe(small, audio, { language: 'en', resume: at });
          expect([...before, ...rest.segments].map(({ text }) => text)).toEqual(
            whole.segments.map(({ text }) => text),
          );
        }
      } finally {
        await small.dispose();
      }
    },
    LIMIT_MS,
  );

  it(
    'is refused by a run of another mode',
    async () => {
      const [seen] = await checkpointsOf([sample()], { language: 'en' });
      const options: TranscribeOptions = {
        language: 'en',
        mode: 'sequential',
        ...(seen && { resume: seen.at }),
      };
      await expect(transcribe(engine, [sample()], options)).rejects.toMatchObject({
        code: 'checkpoint_invalid',
      });
      const nothing = { resume: null as unknown as Checkpoint };
      await expect(transcribe(engine, [sample()], nothing)).rejects.toMatchObject({
        code: 'checkpoint_invalid',
      });
    },
    LIMIT_MS,
  );
});

describe('the vote on the language', () => {
  it(
    'is taken by three windows, though batches have room for one only',
    async () => {
      const small = await openSmall();
      try {
        const audio = [clip('fr/bonjour_monde.wav'), silence(GAP_S), sample(), silence(GAP_S), sample()];
        const { language, languageProbability } = await transcribe(small, audio);
        expect(language).toBe('en');
        expect(languageProbability).toBeLessThan(0.95);
      } finally {
        await small.dispose();
      }
    },
    LIMIT_MS,
  );
});

describe('two channels', () => {
  const YOUNG_MAN = /not an ill-disposed young man/;

  it(
    'are transcribed each by itself and merged by time',
    async () => {
      const left = [sample(), silence(12), YOUNG(), silence(1)];
      const right = [silence(8), clip('en/librivox_0890.wav'), silence(4)];
      const { segments, duration } = await transcribe(engine, stereo(left, right), { language: 'en' });
      const starts = segments.map(({ start }) => start);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      const texts = [0, 1].map((channel) =>
        segments
          .filter((segment) => segment.channel === channel)
          .map(({ text }) => text)
          .join(' '),
      );
      expect(texts[0]).toMatch(/Dashwood.*do for them\./);
      expect(texts[0]).toMatch(YOUNG_MAN);
      expect(texts[1]).toMatch(/cold.hearted/);
      expect(texts[1]).not.toMatch(/Dashwood/);
      expect(duration).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it(
    'can be resumed from every checkpoint',
    async () => {
      // The left one's first window is full long before the right one's, which begins a little later, is closed.
      const left = [silence(20), ...Array.from({ length: 6 }, () => [sample(), silence(0.5)]).flat()];
      const right = [silence(22), sample(), silence(45)];
      const audio = stereo(left, right);
      const options = { language: 'en' };
      const whole = await transcribe(engine, audio, options);
      const checkpoints = lastOfEachBatch(await checkpointsOf(audio, options));
      // Some of one channel's text waits for the other channel.
      expect(checkpoints.some(({ at }) => at.held.length > 0)).toBe(true);
      for (const { at, before } of checkpoints) {
        const rest = await transcribe(engine, audio, { ...options, resume: at });
        expect([...before, ...rest.segments]).toEqual(whole.segments);
      }
    },
    LIMIT_MS,
  );

  it('must come in blocks that go together', async () => {
    const uneven: AudioBlock[] = [[silence(1), silence(2)]];
    await expect(transcribe(engine, uneven)).rejects.toMatchObject({ code: 'audio_invalid' });
    const changing: AudioBlock[] = [[silence(20), silence(20)], silence(1)];
    await expect(transcribe(engine, changing)).rejects.toMatchObject({ code: 'audio_invalid' });
  });

  it('are refused window by window', async () => {
    const audio: AudioBlock[] = [[silence(20), silence(20)]];
    await expect(transcribe(engine, audio, { mode: 'sequential' })).rejects.toMatchObject({
      code: 'option_invalid',
    });
  });
});

describe('a run that is given up', () => {
  it(
    'ends at once, and leaves the engine free for the next',
    async () => {
      const abort = new AbortController();
      const run = transcribe(engine, recording(), { signal: abort.signal });
      setTimeout(() => {
        abort.abort();
      }, 700);
      await expect(run).rejects.toMatchObject({ code: 'aborted' });
      const next = await transcribe(engine, [sample()], { language: 'en' });
      expect(next.plain).toMatch(/^and mr john dashwood/);
    },
    LIMIT_MS,
  );

  it(
    'may simply not be read on',
    async () => {
      for await (const { segments } of engine.transcribe(recording(), { language: 'en' })) {
        if (segments.length > 0) break;
      }
      const next = await transcribe(engine, [sample()], { language: 'en' });
      expect(next.plain).toMatch(/^and mr john dashwood/);
    },
    LIMIT_MS,
  );
});

describe('several runs at once', () => {
  it(
    'share the workers and keep apart',
    async () => {
      const [first, second, third] = await Promise.all([
        transcribe(engine, recording(), { language: 'en' }),
        transcribe(engine, [sample()]),
        transcribe(engine, [clip('fr/bonjour_monde.wav')]),
      ]);
      expect(second.plain).toMatch(/^and mr john dashwood/);
      expect(third.language).toBe('fr');
      const alone = await transcribe(engine, recording(), { language: 'en' });
      expect(first.segments).toEqual(alone.segments);
    },
    LIMIT_MS,
  );
});
