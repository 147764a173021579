import type { DiarizationCheckpoint } from './diarization-checkpoint.js';

/** Who speaks when. Times are seconds from the start of the audio. */
export interface Diarization {
  /** Of the audio. */
  duration: number;
  /** Numbered by who is heard first; empty where nobody speaks. */
  speakers: DiarizedSpeaker[];
  /** By start, then by end. Those of different speakers overlap where two speak at once. */
  turns: SpeakerTurn[];
}

export interface DiarizedSpeaker {
  /** Index in `speakers`. */
  id: number;
  /** Time that this speaker is heard, all turns together. */
  seconds: number;
  /** Of the voice: 192 values of length 1 together. Personal data: it tells this voice again in other recordings. */
  embedding: Float32Array;
}

export interface SpeakerTurn {
  start: number;
  end: number;
  /** `id` of the speaker. */
  speaker: number;
}

export interface DiarizerOptions {
  /** Folder with the graphs and their `SHA256SUMS`, as `models/speaker-diarization` of the repository has them. */
  modelDir: string;
  /** Graph of Silero VAD 6, as for the engine that transcribes. Only `embed` opens it. */
  vadPath: string;
  /** Threads of inference, each a worker with sessions of its own; the number of processors up to 4 unless given. */
  threads?: number;
}

export interface DiarizeOptions {
  /** How many people speak, where that is known; together with the other two it has to lie between them. */
  numSpeakers?: number;
  /** The fewest that there can be; 1 unless given. Fewer are found where there are no more voices to tell apart. */
  minSpeakers?: number;
  /** The most that there can be; 20 unless given. */
  maxSpeakers?: number;
  /** A `checkpoint` of a step: the run goes on behind it, over the same audio from its start, and ends as it would have ended. */
  resume?: DiarizationCheckpoint;
  /** Ends the iterator at once, and the workers after what they are computing. */
  signal?: AbortSignal;
}

/** A part of the audio that has been listened to. */
export interface DiarizationStep {
  /** Seconds of the audio that are done; how many there are is the caller's to know. */
  position: number;
  checkpoint: DiarizationCheckpoint;
}
