/** What is kept of a piece of speech: little, so that the longest recording fits. */
export interface HeardPiece {
  /** Frames of the recording. */
  start: number;
  end: number;
  /** Within the block: pieces of a track are likely of one person, those of two tracks at the same time are not. */
  track: number;
  /** Frames that the embedding is made of; 0 where they are not of this speaker alone. */
  frames: number;
  /** Packed; null where there is too little for one. */
  embedding: Int8Array | null;
}
