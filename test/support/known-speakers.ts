import { readFile } from 'node:fs/promises';
import { fixturePath } from './api-client.js';
import type { Part } from './openai-requests.js';
import { wavHeader } from './wav-file.js';

/** Two people in one channel, who take turns: reader, guest, reader, guest. */
export const CONVERSATION = 'conversation/conversation.wav';
/** Each of them alone, in other recordings. */
export const GUEST = 'conversation/guest.wav';
export const READER = 'clips/en/librivox_0880.wav';
const BYTES_PER_SECOND = 32_000;

export function dataUrlOf(bytes: Buffer): string {
  return `data:audio/wav;base64,${bytes.toString('base64')}`;
}

export async function referenceTo(file: string): Promise<string> {
  return dataUrlOf(await readFile(fixturePath(file)));
}

/** Fields of a form that name speakers, each with a recording of the fixtures. */
export async function knownSpeakers(files: Readonly<Record<string, string>>): Promise<Part[]> {
  const fields: Part[] = [];
  for (const [name, file] of Object.entries(files))
    fields.push(['known_speaker_names[]', name], ['known_speaker_references[]', await referenceTo(file)]);
  return fields;
}

export function silenceOf(seconds: number): Buffer {
  const bytes = seconds * BYTES_PER_SECOND;
  return Buffer.concat([wavHeader({ bytes }), Buffer.alloc(bytes)]);
}
