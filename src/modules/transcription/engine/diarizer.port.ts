import type { Diarization, DiarizationCheckpoint } from '@whisper-transcriber/engine';
import type { SpeakerHints } from '../../jobs/decoding-options.view.js';

export const DIARIZER = Symbol('Diarizer');

/** Where the diarizer stands in a recording: plain JSON that only the engine reads. It holds embeddings of voices. */
export type DiarizerState = DiarizationCheckpoint;

/** Who speaks when, in what was listened to. */
export type HeardSpeakers = Diarization;

/** A recording as a file of this machine, and what of it is to be listened to. */
export interface ListeningInput {
  readonly path: string;
  /** Index among its audio tracks; null: the default one. */
  readonly track: number | null;
  /** Index of the one channel; null: all of them, mixed. */
  readonly channel: number | null;
  readonly hints: SpeakerHints;
  readonly maxAudioSeconds: number;
  /** Go on from here; null: from the beginning. */
  readonly resume: DiarizerState | null;
}

export interface ListeningStep {
  /** Seconds from the start that are done. */
  readonly position: number;
  /** To go on from; null: not with this step. */
  readonly state: DiarizerState | null;
}

/** What of a recording is of one person. */
export interface RecordingPart extends Pick<ListeningInput, 'track' | 'channel'> {
  /** In order; seconds. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** The voice in a recording of one person. */
export interface HeardVoice {
  /** Null where nobody speaks. */
  readonly embedding: Float32Array | null;
  /** Of the recording or that part of it, as far as it was listened to: a little more than a minute at most. */
  readonly seconds: number;
  /** For how long others than the one who is heard most speak in all of a recording; 0 for a part of one. */
  readonly othersSeconds: number;
}

/** The diarizer died under the work. Another try may succeed. */
export class DiarizerLostError extends Error {
  override readonly name = 'DiarizerLostError';
}

/** Tells speakers apart where neither a crash nor a long computation can hurt this process. */
export interface Diarizer {
  /**
   * @returns who speaks when, which is known at the end only
   * @throws AppError what is wrong with the recording
   * @throws DiarizerLostError
   * @throws the reason of `signal` when that trips
   */
  listen(input: ListeningInput, signal: AbortSignal): AsyncGenerator<ListeningStep, HeardSpeakers, undefined>;
  /**
   * The voice in a short recording of one person.
   *
   * @param part which of a longer recording; absent: all of a short one
   * @throws as `listen`
   */
  hearVoice(path: string, signal: AbortSignal, part?: RecordingPart): Promise<HeardVoice>;
}
