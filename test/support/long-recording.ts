import { readFile } from 'node:fs/promises';
import { fixturePath } from './api-client.js';

const HEADER_BYTES = 44;

/** A WAV of this size: a sample of speech, over and over. */
export async function longRecording(bytes: number): Promise<Buffer<ArrayBuffer>> {
  const sample = await readFile(fixturePath('docs/samples/sense-and-sensibility.wav'));
  const wav = Buffer.alloc(bytes, sample.subarray(HEADER_BYTES));
  sample.copy(wav, 0, 0, HEADER_BYTES);
  wav.writeUInt32LE(bytes - 8, 4);
  wav.writeUInt32LE(bytes - HEADER_BYTES, HEADER_BYTES - 4);
  return wav;
}
