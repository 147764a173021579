import type { Checkpoint } from './checkpoint.js';
import type { StageTime } from './stage-clock.js';
import type { LanguageProbability, Segment } from './transcript.js';
import type { HubPrecision } from './model/hub-files.js';

/** What to load, and what of the machine it may use. */
export interface EngineOptions {
  /**
   * Folder of a Whisper model: its JSON files, and its graphs under `onnx/`. A `SHA256SUMS` in it is held against the files; the fast
   * layout has to have one.
   */
  modelDir: string;
  /** Which graphs of the hub layout to take; the first of `HUB_PRECISIONS` that the folder has unless given. */
  precision?: HubPrecision | undefined;
  /**
   * Graph of Silero VAD 6 with steps of time on its first axis, as `models/silero-vad` of the repository has it. Where a `SHA256SUMS` lies
   * beside it, that has to list it and is checked.
   */
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

/** How speech is told from the rest. Times in milliseconds, probabilities between 0 and 1; defaults are those of faster-whisper's batched mode. */
export interface VadOptions {
  /** Speech begins at this probability; 0.5. */
  onset: number;
  /** Speech may end below this probability; 0.35. */
  offset: number;
  /** Silence that ends a stretch of speech; 160. */
  minSilenceMs: number;
  /** Shorter stretches of speech are dropped; 0. */
  minSpeechMs: number;
  /** Sound that is kept around speech on both sides; 400. */
  padMs: number;
}

/**
 * 16 kHz samples between -1 and 1: of one channel, or of several, of equal length, that are transcribed each by itself. Values a little
 * beyond are fine. Integers are refused (`audio_invalid`): divide those of 16 bits by 32768. What is no number counts as silence.
 */
export type AudioBlock = Float32Array | readonly Float32Array[];

/** Blocks of any size, all with the same channels; what it throws ends the run. */
export type AudioSource = AsyncIterable<AudioBlock> | Iterable<AudioBlock>;

/** Whether speech is written in its own language or in English. */
export type Task = 'transcribe' | 'translate';

/** What is wanted of a run; `{}` gives segments in the language that is spoken. */
export interface TranscribeOptions {
  /** Code as in the model's list, for instance `en`; detected from the first speech when absent. */
  language?: string;
  /** Detect the language of each window of up to 30 s by itself, for recordings that change between languages. */
  multilingual?: boolean;
  /** `transcribe` unless given. */
  task?: Task;
  /** Return words with times in each segment. Models without alignment heads refuse (`WhisperEngine.wordTimes`). */
  words?: boolean;
  /** Return the tokens of the text in each segment, with their log-probabilities. */
  tokens?: boolean;
  /** Text that could have been said before: its spelling and style carry over. The model sees its last 223 tokens at most. */
  prompt?: string;
  /** Names and terms that are likely to be said; they come in front of the prompt and share its 223 tokens. */
  hotwords?: string;
  /** False hears everything as speech; an object changes some of the settings; true unless given. */
  vad?: boolean | Partial<VadOptions>;
  /**
   * `batched` decodes windows side by side. `sequential` decodes one after the other with Whisper's timestamp tokens, each from
   * where the one before ended: slower, for models and recordings that it suits better. The default is
   * `batched`, and `sequential` for models without alignment heads.
   */
  mode?: 'batched' | 'sequential';
  /** Let a window see the text of the one before it; `sequential` only. Errors then carry over too. */
  conditionOnPreviousText?: boolean;
  /**
   * Hypotheses that are followed side by side; 20 at most, 1 is greedy. Unless given it is 1, and 6 for those of the first three windows
   * whose greedy text is unsure: in mode `batched`, not to translate, with models in the fast layout, where memory allows.
   */
  beamSize?: number;
  /** Texts that are drawn at temperatures above 0, of which the best is kept; 1 unless given. */
  bestOf?: number;
  /** Tried in turn until a text passes the thresholds; 0, 0.2, 0.4, 0.6, 0.8, 1 unless given, as in openai/whisper. */
  temperatures?: readonly number[];
  /** A text that deflates better than this repeats itself, if it is also longer than can be spoken in its time; 2.4. */
  compressionRatioThreshold?: number;
  /** A text whose mean log-probability is lower is not trusted; -1. */
  logprobThreshold?: number;
  /** A window that is more likely than this to hold no speech, and whose mean log-probability is too low, gives no text; 0.6. */
  noSpeechThreshold?: number;
  /** Measure what each chunk takes; nothing is measured unless given. */
  stages?: boolean;
  /** Go on from here; audio, model and all other options have to be those of the run that gave it. */
  resume?: Checkpoint;
  /** Ends the run with `aborted` once it fires. */
  signal?: AbortSignal;
}

/** A part of a transcript, handed out as soon as it is finished. */
export interface TranscriptChunk {
  /** In order of time, across chunks too; may be empty where there is no speech. */
  segments: Segment[];
  /** Seconds of audio from the start that are finished. */
  position: number;
  /** Null until the first text, unless it was given. */
  language: string | null;
  /** A run that resumes here gives what this one gives from here on. */
  checkpoint: Checkpoint;
  /** What it took, which may have begun before the end of the chunk before it; absent unless it was asked for. */
  stages?: readonly StageTime[];
}

/** What `WhisperEngine.transcribe` returns in the end. */
export interface TranscriptSummary {
  /** Null where no text was found and no language was given; English-only models are given `en`. */
  language: string | null;
  /** Between 0 and 1, among the languages of the model; 1 for a language that was given, null where there is none. */
  languageProbability: number | null;
  /** The five most probable languages where one was detected, most probable first; else empty. */
  languages: LanguageProbability[];
  /** Seconds of audio that were read. */
  duration: number;
  /** What was done after the last chunk; absent unless it was asked for. */
  stages?: readonly StageTime[];
}
