/** A stretch of speech. Times in seconds from the start of the recording; the rest is what the model says of its certainty. */
export interface TranscriptSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  readonly noSpeechProb: number;
  readonly temperature: number;
}

/** What there is of a transcript by now. */
export interface PartialTranscriptView {
  readonly jobId: string;
  /** Whether nothing is missing. */
  readonly complete: boolean;
  readonly language: string | null;
  /** Seconds of the recording that are finished. */
  readonly position: number;
  readonly text: string;
  readonly segments: readonly TranscriptSegment[];
}

export interface TranscriptView {
  readonly jobId: string;
  readonly model: string;
  /** Null where nobody spoke. */
  readonly language: string | null;
  readonly languageProbability: number | null;
  readonly duration: number;
  readonly text: string;
  readonly segments: readonly TranscriptSegment[];
}
