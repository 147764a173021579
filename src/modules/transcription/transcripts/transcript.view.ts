import type { JobSegment } from '../../jobs/job-text.view.js';
import type { DiarizationView } from '../speakers/diarization.view.js';

export type TranscriptSegment = JobSegment;

/** Names of people by the keys that segments have. Those of a channel, unless it says who it is, have the key `channel_N`. */
export type Speakers = Readonly<Record<string, string>>;

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

/** What the engine heard. */
export interface HeardTranscript {
  readonly jobId: string;
  readonly model: string;
  /** Null where nobody spoke. */
  readonly language: string | null;
  readonly languageProbability: number | null;
  readonly duration: number;
  readonly segments: readonly TranscriptSegment[];
  readonly speakers: Speakers;
  /** Null where nobody asked who speaks. */
  readonly diarization: DiarizationView | null;
}

/** A transcript as it is by now. */
export interface TranscriptView extends HeardTranscript {
  readonly text: string;
  readonly version: number;
  /** How often it was saved: it tells two states of one version apart. */
  readonly revision: number;
}
