import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Diarization, DiarizationStep, DiarizeOptions } from '../../src/diarize/diarization.js';
import { similarity } from '../../src/diarize/embedding.js';
import { SpeakerDiarizer } from '../../src/diarize/speaker-diarizer.js';
import type { AudioSource } from '../../src/options.js';
import { VAD_PATH, noise, silence } from './engine.fixture.js';
import { readWav } from './wav.js';

const ROOT = join(import.meta.dirname, '../../../..');
const MODEL_DIR = join(ROOT, 'models/speaker-diarization');
const AUDIO = join(ROOT, 'test/fixtures/audio');

interface LabelledTurn {
  speaker: string;
  start: number;
  end: number;
}

const conversation = readWav(join(AUDIO, 'two-speakers.wav'));
const reader = readWav(join(AUDIO, 'two-speakers.reader.wav'));
const synthesiser = readWav(join(AUDIO, 'two-speakers.synthesiser.wav'));
const { turns: labels } = JSON.parse(readFileSync(join(AUDIO, 'two-speakers.json'), 'utf8')) as {
  turns: LabelledTurn[];
};

let diarizer: SpeakerDiarizer;

beforeAll(async () => {
  diarizer = await SpeakerDiarizer.load({ modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 2 });
});

afterAll(() => diarizer.dispose());

async function diarize(
  audio: AudioSource,
  options: DiarizeOptions = {},
): Promise<Diarization & { steps: DiarizationStep[] }> {
  const steps: DiarizationStep[] = [];
  const run = diarizer.diarize(audio, options);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return { ...next.value, steps };
    steps.push(next.value);
  }
}

function* blocksOf(audio: Float32Array, size: number): Generator<Float32Array> {
  for (let at = 0; at < audio.length; at += size) yield audio.subarray(at, at + size);
}

/** The conversation several times over: more than one block. */
function repeated(times: number): Float32Array {
  const audio = new Float32Array(conversation.length * times);
  for (let time = 0; time < times; time++) audio.set(conversation, time * conversation.length);
  return audio;
}

/** Four notes by turns, with vibrato and the resonances of a throat. */
function lowHorn(seconds: number): Float32Array {
  const notes = [110, 123, 131, 147];
  const noteSeconds = 0.4;
  const resonances = [
    { hertz: 700, width: 400, level: 1 },
    { hertz: 1200, width: 300, level: 0.5 },
    { hertz: 2600, width: 500, level: 0.3 },
  ];
  let turns = 0;
  return Float32Array.from({ length: seconds * 16_000 }, (_, sample) => {
    const second = sample / 16_000;
    const note = notes[Math.floor(second / noteSeconds) % notes.length] ?? 0;
    const hertz = note * (1 + 0.01 * Math.sin(2 * Math.PI * 5 * second));
    turns += hertz / 16_000;
    const inNote = second % noteSeconds;
    const envelope = Math.min(1, inNote / 0.03, (noteSeconds - inNote) / 0.05);
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) {
      const levels = resonances.map(
        ({ hertz: middle, width, level }) => level * Math.exp(-(((harmonic * hertz - middle) / width) ** 2)),
      );
      sum += levels.reduce((all, level) => all + level, 0) * Math.sin(2 * Math.PI * harmonic * turns);
    }
    return 0.15 * envelope * sum;
  });
}

const withoutSteps = ({ duration, speakers, turns }: Diarization): Diarization => ({
  duration,
  speakers,
  turns,
});

describe('a conversation of two', () => {
  it('has two speakers, numbered by who is heard first, with their turns, also where they speak at once', async () => {
    const { duration, speakers, turns } = await diarize([conversation]);
    expect(duration).toBeCloseTo(conversation.length / 16_000, 6);
    expect(speakers.map(({ id }) => id)).toEqual([0, 1]);
    expect(turns.map(({ speaker }) => speaker)).toEqual([0, 1, 0, 1]);
    for (const [index, { start, end }] of labels.entries()) {
      expect(Math.abs((turns[index]?.start ?? NaN) - start)).toBeLessThan(0.4);
      expect(Math.abs((turns[index]?.end ?? NaN) - end)).toBeLessThan(0.4);
    }
    expect(turns[3]?.start).toBeLessThan(turns[2]?.end ?? NaN);
  });

  it('is known again by recordings of each voice alone', async () => {
    const { speakers } = await diarize([conversation]);
    const voices = [await diarizer.embed([reader]), await diarizer.embed(blocksOf(synthesiser, 999))];
    for (const [id, { embedding }] of speakers.entries()) {
      const alike = voices.map((voice) => similarity(voice ?? new Float32Array(embedding.length), embedding));
      expect(alike[id]).toBeGreaterThan(0.6);
      expect(alike[1 - id]).toBeLessThan(0.4);
    }
  });

  it('comes out the same in blocks of any size', async () => {
    const whole = withoutSteps(await diarize([conversation]));
    for (const size of [777, 16_000]) {
      expect(withoutSteps(await diarize(blocksOf(conversation, size)))).toEqual(whole);
    }
  });

  it('comes out the same when a run goes on behind any checkpoint, and the checkpoints with it', async () => {
    const audio = repeated(5);
    const { steps, ...whole } = await diarize([audio]);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.at(-1)?.position).toBeCloseTo(audio.length / 16_000, 6);
    for (const [index, { checkpoint }] of steps.entries()) {
      const stored = JSON.parse(JSON.stringify(checkpoint)) as DiarizationStep['checkpoint'];
      const { steps: rest, ...resumed } = await diarize(blocksOf(audio, 16_000), { resume: stored });
      expect(resumed).toEqual(whole);
      expect(rest).toEqual(steps.slice(index + 1));
    }
  });

  it('keeps to the number of speakers that is asked for', async () => {
    expect((await diarize([conversation], { numSpeakers: 1 })).speakers).toHaveLength(1);
    expect((await diarize([conversation], { maxSpeakers: 1 })).speakers).toHaveLength(1);
    expect((await diarize([conversation], { minSpeakers: 2, maxSpeakers: 4 })).speakers).toHaveLength(2);
  });
});

describe('where nobody speaks', () => {
  it.each([
    ['silence', silence(12)],
    ['noise', noise(12, 0.05)],
    ['an instant', silence(0.01)],
    ['nothing at all', new Float32Array()],
  ])('%s has no speakers', async (_, audio) => {
    expect(await diarize([audio])).toMatchObject({
      duration: audio.length / 16_000,
      speakers: [],
      turns: [],
    });
    expect(await diarizer.embed([audio])).toBeNull();
  });
});

describe('an instrument', () => {
  it('is nobody whose voice could be known again, also where it sounds like one', async () => {
    const horn = lowHorn(8);
    expect((await diarize([horn])).speakers).not.toEqual([]);
    expect(await diarizer.embed([horn])).toBeNull();
  });
});

describe('damaged audio', () => {
  it('counts NaN as silence', async () => {
    const damaged = conversation.slice();
    damaged.fill(NaN, 0, 1000);
    const silenced = conversation.slice();
    silenced.fill(0, 0, 1000);
    expect(withoutSteps(await diarize([damaged]))).toEqual(withoutSteps(await diarize([silenced])));
  });

  it('refuses integers, several channels and what is no samples', async () => {
    await expect(diarize([conversation.map((value) => value * 32_768)])).rejects.toMatchObject({
      code: 'audio_invalid',
    });
    await expect(diarize([[conversation, conversation]])).rejects.toMatchObject({ code: 'audio_invalid' });
    await expect(diarizer.embed([[reader]])).rejects.toMatchObject({ code: 'audio_invalid' });
  });
});

describe('a run', () => {
  it('is refused with numbers of speakers that contradict each other, and with a checkpoint of something else', async () => {
    for (const options of [
      { minSpeakers: 3, maxSpeakers: 2 },
      { numSpeakers: 4, maxSpeakers: 2 },
      { numSpeakers: 0 },
      { maxSpeakers: 1.5 },
    ]) {
      await expect(diarize([conversation], options)).rejects.toMatchObject({ code: 'option_invalid' });
    }
    const resume = { version: 1, position: 16_000, blocks: ['AAAA'] } as const;
    await expect(
      diarize([conversation], { resume: { ...resume, blocks: [...resume.blocks] } }),
    ).rejects.toMatchObject({
      code: 'checkpoint_invalid',
    });
  });

  it('ends at once when it is aborted, and the workers go on with the next', async () => {
    const abort = new AbortController();
    const run = diarizer.diarize(blocksOf(repeated(10), 16_000), { signal: abort.signal });
    await run.next();
    const next = run.next();
    abort.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
    await diarizer.idle();
    expect((await diarize([conversation])).speakers).toHaveLength(2);
  });

  it('passes on what the audio throws', async () => {
    const broken = (function* () {
      yield conversation;
      throw new Error('the disk is gone');
    })();
    await expect(diarize(broken)).rejects.toThrow('the disk is gone');
  });
});

describe('a diarizer', () => {
  it('ends its runs when it is disposed of, and begins none', async () => {
    const other = await SpeakerDiarizer.load({ modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 1 });
    const run = other.diarize(blocksOf(repeated(10), 16_000));
    await run.next();
    const next = run.next();
    await Promise.all([expect(next).rejects.toMatchObject({ code: 'disposed' }), other.dispose()]);
    await expect(other.diarize([conversation]).next()).rejects.toMatchObject({ code: 'disposed' });
    await expect(other.embed([reader])).rejects.toMatchObject({ code: 'disposed' });
  });

  it('is not made of files that are missing or differ from their checksums', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'diarizer-'));
    try {
      await expect(SpeakerDiarizer.load({ modelDir: folder, vadPath: VAD_PATH })).rejects.toMatchObject({
        code: 'model_invalid',
      });
      await cp(MODEL_DIR, folder, { recursive: true });
      await truncate(join(folder, 'segmentation.onnx'), 1000);
      await expect(SpeakerDiarizer.load({ modelDir: folder, vadPath: VAD_PATH })).rejects.toMatchObject({
        code: 'model_checksum_mismatch',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
    await expect(
      SpeakerDiarizer.load({ modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 0 }),
    ).rejects.toMatchObject({
      code: 'option_invalid',
    });
  });
});
