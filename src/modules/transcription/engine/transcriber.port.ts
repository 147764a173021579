import type { TranscriptSegment } from '../transcripts/transcript.view.js';

export const TRANSCRIBER = Symbol('Transcriber');

export interface TranscriptionInput {
  /** The recording as a file of this machine. */
  readonly path: string;
  /** Index among its audio tracks; null: the default one. */
  readonly track: number | null;
  readonly modelDir: string;
  /** ISO code; null asks for detection. */
  readonly language: string | null;
  readonly maxAudioSeconds: number;
}

export type TranscriptionEvent =
  | {
      readonly type: 'chunk';
      readonly segments: readonly TranscriptSegment[];
      /** Seconds from the start that are finished. */
      readonly position: number;
    }
  | {
      readonly type: 'finished';
      readonly language: string | null;
      readonly languageProbability: number | null;
      /** Seconds of audio that were heard. */
      readonly duration: number;
    };

/** The engine died under the work. Another try may succeed. */
export class TranscriberLostError extends Error {
  override readonly name = 'TranscriberLostError';
}

/** Runs the engine where neither a crash nor a long computation can hurt this process. One recording at a time. */
export interface Transcriber {
  /**
   * Loads a model, so that the first job need not wait for it.
   *
   * @throws AppError model_too_large, service_unavailable
   */
  warmUp(modelDir: string): Promise<void>;
  /**
   * Yields chunks in the order of time, then `finished`.
   *
   * @throws AppError what is wrong with the recording
   * @throws TranscriberLostError
   * @throws the reason of `signal` when that trips
   */
  transcribe(input: TranscriptionInput, signal: AbortSignal): AsyncIterable<TranscriptionEvent>;
  /** Throws when the engine does not answer. */
  assertReady(): Promise<void>;
  stop(): Promise<void>;
}
