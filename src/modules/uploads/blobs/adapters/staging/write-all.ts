import type { FileHandle } from 'node:fs/promises';

export type Chunks = readonly Buffer<ArrayBuffer>[];

/** Writes all of the bytes, in as many calls as the system wants: at this place, or behind what this handle wrote last. */
export async function writeAll(file: FileHandle, chunks: Chunks, position?: number): Promise<void> {
  let at = position;
  for (let left = splitAt(chunks, 0)[1]; left.length > 0;) {
    const { bytesWritten } = await file.writev(left, at);
    if (bytesWritten === 0) throw new Error('The file takes no more bytes');
    if (at !== undefined) at += bytesWritten;
    left = splitAt(left, bytesWritten)[1];
  }
}

/** The first bytes, as many as this or all that there are, and the others; without empty chunks. */
export function splitAt(chunks: Chunks, bytes: number): [Chunks, Chunks] {
  const first: Buffer<ArrayBuffer>[] = [];
  const others: Buffer<ArrayBuffer>[] = [];
  let left = Math.max(bytes, 0);
  for (const chunk of chunks) {
    if (left > 0 && chunk.length > 0) first.push(chunk.subarray(0, left));
    if (left < chunk.length) others.push(chunk.subarray(left));
    left = Math.max(left - chunk.length, 0);
  }
  return [first, others];
}
