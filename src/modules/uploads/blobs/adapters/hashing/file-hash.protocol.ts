/** One number that both sides see: how many bytes the thread has been handed and has not hashed yet. */
export type HashBacklog = Int32Array<SharedArrayBuffer>;

/** To the thread: how far a file is written, that this was all of it, or that nobody wants its hash any more. */
export interface HashOrder {
  readonly id: number;
  readonly type: 'written' | 'finish' | 'abandon';
  readonly path: string;
  readonly sizeBytes: number;
  /** The last of these bytes, which need not be read. */
  readonly tail: readonly Uint8Array<ArrayBuffer>[];
}

/** From the thread, once for each file that is not abandoned. */
export type HashReply =
  | { readonly id: number; readonly type: 'finished'; readonly sha256: string }
  | { readonly id: number; readonly type: 'failed'; readonly error: Error };

export function sumBytes(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
