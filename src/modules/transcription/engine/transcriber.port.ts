import type { Checkpoint, StageTime } from '@whisper-transcriber/engine';
import type { DecodingOptions } from '../../jobs/decoding-options.view.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';

export const TRANSCRIBER = Symbol('Transcriber');

/** Where the engine stands in a recording: plain JSON that only the engine reads. */
export type EngineState = Checkpoint;

/** The files of a model, which another pull may replace. */
export interface ModelFiles {
  readonly dir: string;
  /** Null where nobody knows. */
  readonly revision: string | null;
}

export interface TranscriptionInput {
  /** The recording as a file of this machine. */
  readonly path: string;
  /** Index among its audio tracks; null: the default one. */
  readonly track: number | null;
  readonly model: ModelFiles;
  /** ISO code; null asks for detection. */
  readonly language: string | null;
  readonly decoding: DecodingOptions;
  readonly maxAudioSeconds: number;
  /** Go on from here, in a run over the same recording with the same model and options; null: from the beginning. */
  readonly resume: EngineState | null;
  /** With as little memory as the model can run in, for recordings that an engine was lost in. */
  readonly frugal: boolean;
  /** Tell what each piece of text takes. */
  readonly stages: boolean;
}

/** All steps of one stage that a piece of text took; in milliseconds of the clock on the wall. */
export type StageSpan = StageTime;

export type TranscriptionEvent =
  /** The model is loaded and the recording is being read. */
  | { readonly type: 'started' }
  | {
      readonly type: 'chunk';
      readonly segments: readonly TranscriptSegment[];
      /** Seconds from the start that are finished. */
      readonly position: number;
      /** Null until the first text, unless it was given. */
      readonly language: string | null;
      readonly engineState: EngineState;
      /** Empty unless asked for; may have begun before the end of the chunk before it. */
      readonly stages: readonly StageSpan[];
    }
  | {
      readonly type: 'finished';
      readonly language: string | null;
      readonly languageProbability: number | null;
      /** Seconds of audio that were heard. */
      readonly duration: number;
      /** What came after the last chunk. */
      readonly stages: readonly StageSpan[];
    };

/** The engine died under the work. Another try may succeed. */
export class TranscriberLostError extends Error {
  override readonly name = 'TranscriberLostError';
}

/** Runs the engine where neither a crash nor a long computation can hurt this process. As many recordings at a time as it has engines. */
export interface Transcriber {
  /**
   * Loads a model, so that the first job need not wait for it.
   *
   * @throws AppError model_too_large, service_unavailable
   */
  warmUp(model: ModelFiles): Promise<void>;
  /**
   * Yields `started`, chunks in the order of time, then `finished`.
   *
   * @throws AppError what is wrong with the recording
   * @throws TranscriberLostError
   * @throws the reason of `signal` when that trips
   */
  transcribe(input: TranscriptionInput, signal: AbortSignal): AsyncIterable<TranscriptionEvent>;
  /** Throws when the engine could not transcribe: it has to have done so a short while ago, for a job or as a trial. */
  assertReady(): Promise<void>;
  /** Bytes of memory that its processes have in use, as far as the system tells. */
  readMemory(): number;
  stop(): Promise<void>;
}
