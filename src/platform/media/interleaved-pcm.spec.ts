import { describe, expect, it } from '@jest/globals';
import { InterleavedReader, InterleavedWriter } from './interleaved-pcm.js';

const ramp = (length: number, from: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => from + n / 1000);

/** Sends blocks through a pipe that cuts after so many bytes, and joins what arrives by channel. */
function send(blocks: readonly (readonly Float32Array[])[], cut: number): number[][] {
  const writer = new InterleavedWriter();
  const bytes = Buffer.concat(blocks.flatMap((planes) => [...writer.write(planes)]));
  const reader = new InterleavedReader();
  const channels: number[][] = [];
  for (let at = 0; at < bytes.length; at += cut) {
    for (const [channel, plane] of reader.read(bytes.subarray(at, at + cut)).entries()) {
      channels[channel] = [...(channels[channel] ?? []), ...plane];
    }
  }
  return channels;
}

describe('sound in a pipe', () => {
  it.each([1, 2, 3, 8])('arrives as it was sent, wherever it is cut: %i channels', (count) => {
    const block = (length: number): Float32Array[] =>
      Array.from({ length: count }, (_, channel) => ramp(length, channel));
    const blocks = [block(5), block(1), block(40)];
    const sent = Array.from({ length: count }, (_, channel) =>
      blocks.flatMap((planes) => [...(planes[channel] ?? [])]),
    );
    for (const cut of [1, 3, 7, 1000]) expect(send(blocks, cut)).toEqual(sent);
  });

  it('says nothing where nothing was sent', () => {
    expect(new InterleavedReader().read(Buffer.alloc(0))).toEqual([]);
  });
});
