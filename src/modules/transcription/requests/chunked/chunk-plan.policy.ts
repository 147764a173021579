/** Of a chunk but the last one, while the file does not need larger ones. */
export const MIN_CHUNK_BYTES = 2 ** 20;
/** How many chunks at a time a client is well advised to send. More are taken. */
export const MAX_PARALLEL_CHUNKS = 4;
const MAX_CHUNKS = 10_000;

/** One MiB a chunk, as clients of the original service expect, and larger ones for files that would have too many. */
export function chooseChunkBytes(sizeBytes: number): number {
  return MIN_CHUNK_BYTES * Math.max(1, Math.ceil(sizeBytes / MAX_CHUNKS / MIN_CHUNK_BYTES));
}

export function countChunks(sizeBytes: number, chunkBytes: number): number {
  return Math.ceil(sizeBytes / chunkBytes);
}

/** How many bytes the chunk of this number has; null when there is none. */
export function sizeOfChunk(number: number, sizeBytes: number, chunkBytes: number): number | null {
  if (number < 0 || number >= countChunks(sizeBytes, chunkBytes)) return null;
  return Math.min(chunkBytes, sizeBytes - number * chunkBytes);
}

export function findMissing(stored: readonly number[], totalChunks: number): number[] {
  const there = new Set(stored);
  return Array.from({ length: totalChunks }, (_, number) => number).filter((number) => !there.has(number));
}
