import type { Checkpoint } from './checkpoint.js';
import type { LanguageProbability, Segment } from './transcript.js';
import type { HubPrecision } from './model/hub-files.js';

export interface EngineOptions {
  /** Folder of a Whisper model: its JSON files, and its graphs under `onnx/`. A `SHA256SUMS` in it is held against the files. */
  modelDir: string;
  /** Which graphs to take in a folder of the hub that has several; q8, q4, fp16, fp32, in this order, unless given. */
  precision?: HubPrecision | undefined;
  /** Silero VAD graph; a `SHA256SUMS` beside it is checked too. */
  vadPath: string;
  /** Threads of inference in all; the number of processors up to 4 unless given. */
  threads?: number;
  /** Workers that share these threads and decode side by side, each with a copy of the model: as many, up to 4, unless given. */
  workers?: number;
  /** Bytes of memory to make do with; what the machine or its cgroup allows unless given. */
  memoryLimit?: number;
  /** Windows that a worker decodes together, at most; what memory allows, up to 4, unless given. */
  batchSize?: number;
}

/** How speech is told from the rest. Times in milliseconds, probabilities between 0 and 1. */
export interface VadOptions {
  /** Speech begins at this probability. */
  onset: number;
  /** Speech may end below this probability. */
  offset: number;
  /** Silence that ends a stretch of speech. */
  minSilenceMs: number;
  /** Shorter stretches of speech are dropped. */
  minSpeechMs: number;
  /** Sound that is kept around speech on both sides. */
  padMs: number;
}

/** 16 kHz samples between -1 and 1: of one channel, or of several that are transcribed each by itself. */
export type AudioBlock = Float32Array | readonly Float32Array[];

export type AudioSource = AsyncIterable<AudioBlock> | Iterable<AudioBlock>;

/** Whether speech is written in its own language or in English. */
export type Task = 'transcribe' | 'translate';

export interface TranscribeOptions {
  /** Code as in the model's list, for instance `en`; detected from the first speech when absent. */
  language?: string;
  /** Detect the language of each window of up to 30 s by itself, for recordings that change between languages. */
  multilingual?: boolean;
  task?: Task;
  /** Return words with times in each segment. */
  words?: boolean;
  /** Text that could have been said before: its spelling and style carry over. The model sees its last 223 tokens at most. */
  prompt?: string;
  /** Names and terms that are likely to be said; they come in front of the prompt and share its 223 tokens. */
  hotwords?: string;
  /** False hears everything as speech; an object changes some of the settings. */
  vad?: boolean | Partial<VadOptions>;
  /**
   * `batched` decodes windows side by side. `sequential` decodes one after the other with Whisper's timestamp tokens, each from
   * where the one before ended: slower, for models and recordings that it suits better.
   */
  mode?: 'batched' | 'sequential';
  /** Let a window see the text of the one before it; `sequential` only. Errors then carry over too. */
  conditionOnPreviousText?: boolean;
  /** Hypotheses that are followed side by side; 1 is greedy. */
  beamSize?: number;
  /** Texts that are drawn at temperatures above 0, of which the best is kept; 1 unless given. */
  bestOf?: number;
  /** Tried in turn until a text passes the thresholds; the first is the usual one. */
  temperatures?: readonly number[];
  /** A text that deflates better than this repeats itself. */
  compressionRatioThreshold?: number;
  /** A text whose mean log-probability is lower is not trusted. */
  logprobThreshold?: number;
  /** A window that is more likely than this to hold no speech, and whose text is not trusted, gives no text. */
  noSpeechThreshold?: number;
  /** Go on from here; audio and all other options have to be those of the run that gave it. */
  resume?: Checkpoint;
  signal?: AbortSignal;
}

export interface TranscriptChunk {
  /** In order of time; may be empty where there is no speech. */
  segments: Segment[];
  /** Seconds of audio from the start that are finished. */
  position: number;
  /** Null until it is known. */
  language: string | null;
  /** A run that resumes here gives what this one gives from here on. */
  checkpoint: Checkpoint;
}

export interface TranscriptSummary {
  /** Null where the audio holds no speech and no language was given. */
  language: string | null;
  /** 1 for a language that was given, null without speech. */
  languageProbability: number | null;
  /** The five most probable languages where one was detected, most probable first; else empty. */
  languages: LanguageProbability[];
  /** Seconds of audio that were read. */
  duration: number;
}
