import { Readable } from 'node:stream';

/** Makes pieces when it is asked for them, and counts. */
export function countingSource(pieces: number, size: number): { stream: Readable; made: () => number } {
  let made = 0;
  function* make(): Generator<Buffer> {
    for (; made < pieces; made += 1) yield Buffer.alloc(size, made % 251);
  }
  return { stream: Readable.from(make(), { highWaterMark: 1 }), made: () => made };
}
