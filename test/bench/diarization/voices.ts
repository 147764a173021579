import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openPcm } from '../../../src/platform/media/pcm-source.js';
import type { Turn } from './error-rate.js';

/** What one person says without a pause, at 16 kHz. */
export type Utterance = Float32Array;

/** The people that conversations are made of, with what they say. */
export type Voices = ReadonlyMap<string, readonly Utterance[]>;

const RATE = 16_000;
/** Signal level is looked at in steps of 10 ms. */
const STEP = RATE / 100;
/** A pause (0.25 s) ends an utterance, if it is long enough (1.2 s) already. */
const PAUSE_STEPS = 25;
const FEWEST_STEPS = 120;
const MOST_STEPS = 700;
/** Below the loudest step of a clip by this much (35 dB) is silence, and so is what is hardly (8 dB) above the noise of the recording. */
const SILENCE = 10 ** (-35 / 20);
const ABOVE_NOISE = 10 ** (8 / 20);
const LEVEL = 0.07;

interface LabelledSegment {
  readonly speaker: string;
  readonly start: number;
  readonly end: number;
  readonly speech_start: number;
  readonly speech_end: number;
}

/** Clips of people who are not in long-real: one file each. */
const FURTHER = [
  'de/leopard_de.wav',
  'de/librivox_de_70s.mp3',
  'es/leopard_es.wav',
  'es/librivox_es_70s.mp3',
  'fr/leopard_fr.wav',
  'it/leopard_it.wav',
  'ja/leopard_ja.wav',
  'ko/leopard_ko.wav',
  'pt/leopard_pt.wav',
];

/** Who speaks when in long-real.flac. */
export async function longRealTurns(audioSet: string): Promise<Turn[]> {
  return (await longRealSegments(audioSet)).map(({ speaker, speech_start, speech_end }) => ({
    speaker,
    start: speech_start,
    end: speech_end,
  }));
}

async function longRealSegments(audioSet: string): Promise<readonly LabelledSegment[]> {
  const text = await readFile(path.join(audioSet, 'long-real.json'), 'utf8');
  return (JSON.parse(text) as { segments: LabelledSegment[] }).segments;
}

/** All people of the audio set, with their utterances. */
export async function readVoices(audioSet: string): Promise<Voices> {
  const voices = new Map<string, Utterance[]>();
  const long = await samplesOf(path.join(audioSet, 'long-real.flac'));
  for (const { speaker, start, end } of await longRealSegments(audioSet)) {
    const clip = long.subarray(Math.round(start * RATE), Math.round(end * RATE));
    voices.set(speaker, [...(voices.get(speaker) ?? []), ...utterances(clip)]);
  }
  for (const file of FURTHER) {
    voices.set(file, utterances(await samplesOf(path.join(audioSet, 'clips', file))));
  }
  return voices;
}

/** A recording as 16 kHz mono. */
export async function samplesOf(file: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of openPcm(file)) blocks.push(block);
  const samples = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}

/** Cuts a clip of one person at its pauses, all at the same level. */
export function utterances(clip: Float32Array): Utterance[] {
  const levels = Array.from({ length: Math.floor(clip.length / STEP) }, (_, step) =>
    rms(clip.subarray(step * STEP, (step + 1) * STEP)),
  );
  const noise = [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 50)] ?? 0;
  const silence = Math.max(Math.max(...levels) * SILENCE, noise * ABOVE_NOISE);
  const found: Utterance[] = [];
  let [start, lastLoud] = [-1, -1];
  const end = (): void => {
    if (start >= 0 && lastLoud - start >= FEWEST_STEPS) {
      found.push(levelled(clip.slice(start * STEP, (lastLoud + 1) * STEP)));
    }
    start = -1;
  };
  for (const [step, level] of levels.entries()) {
    const loud = level > silence;
    if (start >= 0 && (step - lastLoud > PAUSE_STEPS || step - start > MOST_STEPS)) end();
    if (!loud) continue;
    if (start < 0) start = step;
    lastLoud = step;
  }
  end();
  return found;
}

const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

function levelled(samples: Float32Array): Float32Array {
  const factor = LEVEL / rms(samples);
  return samples.map((value) => Math.max(-1, Math.min(1, value * factor)));
}
