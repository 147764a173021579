/**
 * Gives the memory of a buffer back at once: the garbage collector learns of buffers late, and then stops everything for them. But not
 * that of a buffer that shares its memory with others.
 */
export function releaseBuffer({ buffer, byteLength }: Buffer<ArrayBuffer>): void {
  if (byteLength === buffer.byteLength) buffer.transfer(0);
}
