import { type Part, join, little } from './media-bytes.js';

const HEADER_BYTES = 44;

export interface WavClaims {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bits?: number;
  /** Length of the samples according to the header. */
  readonly bytes: number;
}

/** The 44 bytes in front of PCM samples; 16 bit mono at 16 kHz where nothing else is claimed. */
export function wavHeader({ sampleRate = 16_000, channels = 1, bits = 16, bytes }: WavClaims): Buffer {
  const blockAlign = (channels * bits) / 8;
  const format = join(
    little(2, 1, channels),
    little(4, sampleRate, sampleRate * blockAlign),
    little(2, blockAlign, bits),
  );
  return riff(['fmt ', format, format.length], ['data', '', bytes]);
}

type Chunk = readonly [id: string, content: Part, claimedBytes: number];

export function riff(...chunks: readonly Chunk[]): Buffer {
  const total = chunks.reduce((sum, [, , bytes]) => sum + 8 + bytes, 4);
  const content = chunks.map(([id, part, bytes]) => join(id, little(4, bytes), part));
  return join('RIFF', little(4, total), 'WAVE', Buffer.concat(content));
}

/** Two recordings of 16 bits, mono, at 16 kHz as the channels of one; the shorter one ends in silence. */
export function stereoOf(left: Buffer, right: Buffer): Buffer<ArrayBuffer> {
  const channels = [left, right].map((wav) => wav.subarray(HEADER_BYTES));
  const moments = Math.max(...channels.map(({ length }) => length)) / 2;
  const samples = Buffer.alloc(4 * moments);
  for (const [channel, mono] of channels.entries()) {
    for (let n = 0; n < mono.length / 2; n++) mono.copy(samples, 4 * n + 2 * channel, 2 * n, 2 * n + 2);
  }
  return Buffer.concat([wavHeader({ channels: 2, bytes: samples.length }), samples]);
}
