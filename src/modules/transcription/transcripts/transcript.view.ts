import type { JobSegment } from '../../jobs/job-text.view.js';

export type TranscriptSegment = JobSegment;

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
