/** A stretch of speech. Times in seconds from the start of the recording; the rest is what the model says of its certainty. */
export interface JobSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  readonly noSpeechProb: number;
  readonly temperature: number;
}

/** How much of the text of a job somebody has. */
export interface JobTextPosition {
  /** Which text: another one takes its place when it is begun anew; 0: none yet. */
  readonly version: number;
  readonly segments: number;
}

/** Some of the text. What the reader has from segment `from` on is void. */
export interface JobTextPiece {
  readonly version: number;
  /** Number of the first one. */
  readonly from: number;
  readonly segments: readonly JobSegment[];
}
