/**
 * Gives the memory of bytes back at once: the garbage collector learns of buffers late, and then stops everything for them. But not
 * that of bytes which share their memory with others.
 */
export function releaseBuffer(bytes: Uint8Array<ArrayBuffer>): void {
  if (ownsMemory(bytes)) bytes.buffer.transfer(0);
}

/** Whether no other bytes lie in the same memory. */
export function ownsMemory({ buffer, byteLength }: Uint8Array<ArrayBuffer>): boolean {
  return byteLength === buffer.byteLength;
}
