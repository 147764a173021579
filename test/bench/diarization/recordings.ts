import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { wavHeader } from '../../support/wav-file.js';
import { mixConversation } from './conversation.js';
import type { Turn } from './error-rate.js';
import { longRealTurns, readVoices, samplesOf } from './voices.js';

/** A recording of which is known who speaks when. */
export interface LabelledRecording {
  readonly name: string;
  /** 16 kHz, mono, WAV: what both diarizers read. */
  readonly file: string;
  readonly seconds: number;
  readonly turns: readonly Turn[];
}

const RATE = 16_000;
const LARGEST = 32_767;
/** The numbers of people of the conversations; their place among them is their seed, from this one on. Others were used to choose settings. */
const PEOPLE = [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8];
const FIRST_SEED = 1;

/** long-real, and conversations of its people and others, written into a folder. */
export async function labelledRecordings(audioSet: string, folder: string): Promise<LabelledRecording[]> {
  const long = await samplesOf(path.join(audioSet, 'long-real.flac'));
  const recordings = [await write(folder, 'long-real', long, await longRealTurns(audioSet))];
  const voices = await readVoices(audioSet);
  for (const [index, speakers] of PEOPLE.entries()) {
    const { samples, turns } = mixConversation(voices, { seed: FIRST_SEED + index, speakers });
    recordings.push(await write(folder, `conversation ${index + 1}`, samples, turns));
  }
  return recordings;
}

async function write(
  folder: string,
  name: string,
  samples: Float32Array,
  turns: readonly Turn[],
): Promise<LabelledRecording> {
  const file = path.join(folder, `${name.replace(' ', '-')}.wav`);
  const integers = Buffer.alloc(2 * samples.length);
  samples.forEach((value, i) =>
    integers.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * LARGEST), 2 * i),
  );
  await writeFile(file, Buffer.concat([wavHeader({ bytes: integers.length }), integers]));
  return { name, file, seconds: samples.length / RATE, turns };
}
