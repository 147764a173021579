/** A spoken word. Times in seconds from the start of the recording. */
export interface JobWord {
  readonly start: number;
  readonly end: number;
  /** With the punctuation that belongs to it, without spaces around. */
  readonly text: string;
  /** Between 0 and 1. */
  readonly probability: number;
  /** Somebody else speaks at the same time. */
  readonly overlap?: boolean;
}

/** A piece of text as the model knows it, which may end within a character. */
export interface JobToken {
  readonly id: number;
  /** Natural logarithm of its probability. */
  readonly logprob: number;
  /** UTF-8. */
  readonly bytes: readonly number[];
}

/** A stretch of speech. Times in seconds from the start of the recording; the rest is what the model says of its certainty. */
export interface JobSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  readonly noSpeechProb: number;
  readonly temperature: number;
  /** Where the job asked for them. */
  readonly words?: readonly JobWord[];
  /** Index of the channel, from 0, where several were heard each by itself. */
  readonly channel?: number;
  /** Key of the speaker among those of the transcript, where speakers were told apart or a person said who it is. */
  readonly speaker?: string;
  /** Somebody else speaks at the same time. */
  readonly overlap?: boolean;
  /** Where the job asked for them. */
  readonly tokens?: readonly JobToken[];
}

/** How much of the text of a job somebody has. */
export interface JobTextPosition {
  /** Which text: another one takes its place when it is begun anew; 0: none yet. */
  readonly version: number;
  readonly segments: number;
}

/** What there is of the text of a job beyond a position. */
export type LaterText = JobTextPosition & { readonly jobId: string };

/** Some of the text. What the reader has from segment `from` on is void. */
export interface JobTextPiece {
  readonly version: number;
  /** Number of the first one. */
  readonly from: number;
  readonly segments: readonly JobSegment[];
}
