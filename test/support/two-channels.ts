import { readFile } from 'node:fs/promises';
import { fixturePath } from './api-client.js';
import { wavHeader } from './wav-file.js';

const HEADER_BYTES = 44;
const [LEFT, RIGHT] = ['docs/samples/sense-and-sensibility.wav', 'clips/en/librivox_0880.wav'];

/** A WAV in which one reader speaks on each channel, the second one after the first. */
export async function twoChannels(): Promise<Buffer<ArrayBuffer>> {
  const [left, right] = await Promise.all([LEFT, RIGHT].map(samplesOf));
  if (left === undefined || right === undefined) throw new Error('There are no recordings');
  const frames = (left.length + right.length) / 2;
  const sound = Buffer.alloc(frames * 4);
  for (let frame = 0; frame < left.length / 2; frame += 1)
    sound.writeInt16LE(left.readInt16LE(frame * 2), frame * 4);
  for (let frame = 0; frame < right.length / 2; frame += 1)
    sound.writeInt16LE(right.readInt16LE(frame * 2), (left.length / 2 + frame) * 4 + 2);
  return Buffer.concat([wavHeader({ channels: 2, bytes: sound.length }), sound]);
}

async function samplesOf(file: string): Promise<Buffer> {
  return (await readFile(fixturePath(file))).subarray(HEADER_BYTES);
}
