/** What is kept of a window: little, so that the longest recording fits. */
export interface HeardWindow {
  /** Who is heard in each frame, as bits of the window's speakers. */
  active: Uint8Array;
  voices: HeardVoice[];
}

export interface HeardVoice {
  /** In the window, from 0. */
  speaker: number;
  /** Frames in which this speaker is heard alone. */
  frames: number;
  /** Packed. */
  embedding: Int8Array;
}
