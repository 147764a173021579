import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BlockReader, type SoundBlock } from './block-reader.js';
import { HOP_SAMPLES, WINDOW_SAMPLES, blockOf, windowCount } from './frames.js';

/** Each sample tells its place. */
const sound = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => (i % 30_011) / 30_011);

function* pieces(audio: Float32Array, size: number): Generator<Float32Array> {
  for (let at = 0; at < audio.length; at += size) yield audio.subarray(at, at + size);
}

async function read(audio: Iterable<Float32Array>, skipped = 0): Promise<SoundBlock[]> {
  const blocks: SoundBlock[] = [];
  for await (const block of new BlockReader(skipped).read(audio, new AbortController().signal)) {
    blocks.push(block);
  }
  return blocks;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** With the sums of samples in their place: comparing millions of them one by one takes jest half a minute. */
const summed = (blocks: readonly SoundBlock[]): object[] =>
  blocks.map((block) => ({
    ...block,
    samples: createHash('sha256').update(bytesOf(block.samples)).digest('hex'),
  }));

/** Samples of a recording that ends with a block. */
const ofBlocks = (count: number): number => (blockOf(count - 1).endWindow - 1) * HOP_SAMPLES + WINDOW_SAMPLES;

describe('BlockReader', () => {
  it.each([
    1,
    399,
    WINDOW_SAMPLES,
    WINDOW_SAMPLES + 1,
    ofBlocks(1),
    ofBlocks(1) + 1,
    ofBlocks(2),
    ofBlocks(2) + 1,
  ])('looks at every window of %d samples, and ends with the last', async (length) => {
    const blocks = await read([sound(length)]);
    let next = 0;
    for (const { firstWindow, endWindow } of blocks) {
      expect(firstWindow).toBeLessThanOrEqual(next);
      expect(endWindow).toBeGreaterThan(next);
      next = endWindow;
    }
    expect(next).toBe(windowCount(length));
    expect(blocks.map(({ last }) => last)).toEqual(blocks.map((_, index) => index === blocks.length - 1));
    expect(blocks.at(-1)?.end).toBe(length);
  });

  it('gives each block its samples, whatever the sizes of what it reads', async () => {
    const audio = sound(ofBlocks(2) + 12_345);
    const whole = await read([audio]);
    for (const { firstWindow, samples } of whole) {
      const from = firstWindow * HOP_SAMPLES;
      expect(bytesOf(samples).equals(bytesOf(audio.subarray(from, from + samples.length)))).toBe(true);
    }
    for (const size of [4_999, 160_000])
      expect(summed(await read(pieces(audio, size)))).toEqual(summed(whole));
  });

  it('gives the blocks behind those that are known already', async () => {
    const audio = sound(ofBlocks(3) - 5);
    const whole = await read([audio]);
    for (const skipped of [1, 2, 3])
      expect(summed(await read(pieces(audio, 7_777), skipped))).toEqual(summed(whole.slice(skipped)));
  });

  it('has nothing where there is no sound', async () => {
    expect(await read([])).toEqual([]);
    expect(await read([new Float32Array()])).toEqual([]);
  });
});
