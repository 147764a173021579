import { describe, expect, it } from '@jest/globals';
import type { SpeechEvent } from './vad/speech-reader.js';
import { windowBatches, type BatchSizes } from './window-batches.js';

const SECOND = 16_000;
const BLOCK_S = 16;

/** Events of channels in which somebody speaks from one second to another. */
async function* events(
  length: number,
  ...channels: [from: number, to: number][][]
): AsyncGenerator<SpeechEvent> {
  await Promise.resolve();
  for (let read = BLOCK_S; read < length + BLOCK_S; read += BLOCK_S) {
    for (const [channel, spoken] of channels.entries()) {
      const due = spoken.filter(([, to]) => to <= read && to > read - BLOCK_S);
      const open = spoken.find(([from, to]) => from < read && to > read);
      yield {
        channel,
        channels: channels.length,
        speech: due.map(([from, to]) => ({
          span: {
            start: from * SECOND,
            end: to * SECOND,
            speechStart: from * SECOND,
            speechEnd: to * SECOND,
          },
          samples: new Float32Array((to - from) * SECOND),
        })),
        settled: (open?.[0] ?? read) * SECOND,
        read: Math.min(read, length) * SECOND,
        ended: false,
      };
    }
  }
  for (const channel of channels.keys()) {
    yield {
      channel,
      channels: channels.length,
      speech: [],
      settled: length * SECOND,
      read: length * SECOND,
      ended: true,
    };
  }
}

interface Seen {
  sizes: number[];
  /** In seconds. */
  positions: number[];
}

async function batchesOf(source: AsyncIterable<SpeechEvent>, sizes: Partial<BatchSizes> = {}): Promise<Seen> {
  const seen: Seen = { sizes: [], positions: [] };
  for await (const { windows, position } of windowBatches(source, { largest: 4, detect: false, ...sizes })) {
    seen.positions.push(position / SECOND);
    if (windows.length > 0) seen.sizes.push(windows.length);
  }
  return seen;
}

/** Speech of 25 s every 30 s: a window each. */
const talk = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, index) => [index * 30, index * 30 + 25]);

describe('windowBatches', () => {
  it('begins with small batches', async () => {
    expect((await batchesOf(events(360, talk(12)))).sizes).toEqual([1, 2, 4, 4, 1]);
  });

  it('begins with as many windows as vote on the language where that is to be found', async () => {
    expect((await batchesOf(events(360, talk(12)), { detect: true })).sizes).toEqual([3, 2, 4, 3]);
  });

  it('never exceeds the largest batch, but for the vote on the language', async () => {
    expect((await batchesOf(events(150, talk(5)), { largest: 1, detect: true })).sizes).toEqual([3, 1, 1]);
  });

  it('reports positions that only go forward, to the end of the audio', async () => {
    const { positions } = await batchesOf(events(400, [[10, 20], ...talk(11).slice(3)]));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions.at(-1)).toBe(400);
  });

  it('does not let speech wait for more than five minutes', async () => {
    const { sizes } = await batchesOf(
      events(1000, [
        [0, 20],
        [60, 80],
        [900, 920],
      ]),
    );
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('is done with no more than what all channels are done with', async () => {
    const { positions, sizes } = await batchesOf(
      events(
        320,
        [[0, 20]],
        [
          [0, 10],
          [290, 300],
        ],
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3);
    expect(positions.at(-1)).toBe(320);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('has nothing for audio that holds nothing', async () => {
    expect(await batchesOf(events(0, []))).toEqual({ sizes: [], positions: [0] });
  });
});
