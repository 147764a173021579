/** To the thread: how far a file is written, that this was all of it, or that nobody wants its hash any more. */
export interface HashOrder {
  readonly id: number;
  readonly type: 'written' | 'finish' | 'abandon';
  readonly path: string;
  readonly sizeBytes: number;
}

/** From the thread, once for each file that is not abandoned. */
export type HashReply =
  | { readonly id: number; readonly type: 'finished'; readonly sha256: string }
  | { readonly id: number; readonly type: 'failed'; readonly error: Error };
