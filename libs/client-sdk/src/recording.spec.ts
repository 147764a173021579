import { expect, it } from '@jest/globals';
import { readerOf } from './recording.js';

const BYTES = Uint8Array.from({ length: 100 }, (_, n) => n);

function streamOf(pieceBytes: number): ReadableStream<Uint8Array> {
  const pieces = Array.from({ length: Math.ceil(BYTES.length / pieceBytes) }, (_, n) =>
    BYTES.slice(n * pieceBytes, (n + 1) * pieceBytes),
  );
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

it.each([1, 7, 100])('reads of a stream in pieces of %d bytes what lies at an offset', async (pieceBytes) => {
  const reader = readerOf({ stream: streamOf(pieceBytes), size: BYTES.length });

  expect(await reader.read(0, 10)).toEqual(BYTES.slice(0, 10));
  // The last one again, from the middle of it.
  expect(await reader.read(4, 10)).toEqual(BYTES.slice(4, 14));
  // What the server has from before is left out.
  expect(await reader.read(60, 10)).toEqual(BYTES.slice(60, 70));
  expect(await reader.read(95, 10)).toEqual(BYTES.slice(95));
});
