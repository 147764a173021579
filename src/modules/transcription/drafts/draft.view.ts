import type { DiarizerState } from '../engine/diarizer.port.js';
import type { EngineState } from '../engine/transcriber.port.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';

/** A transcript that is not finished: where it stands. */
export interface DraftView {
  readonly language: string | null;
  /** Seconds of the recording that are finished. */
  readonly position: number;
  readonly engineState: EngineState;
  /** Null until all of the text is there and speakers are told apart. */
  readonly diarizerState: DiarizerState | null;
  /** How many pieces of text there are. */
  readonly pieces: number;
}

/** What the engine has finished since the last piece. */
export interface DraftPiece {
  readonly language: string | null;
  readonly position: number;
  readonly engineState: EngineState;
  readonly segments: readonly TranscriptSegment[];
}
