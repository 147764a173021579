export interface EngineOptions {
  /** Folder with the JSON files of a Whisper model, its graphs under `onnx/` and a `SHA256SUMS` over all of them. */
  modelDir: string;
  /** Silero VAD graph; a `SHA256SUMS` beside it is checked too. */
  vadPath: string;
  /** Threads of inference; the number of processors up to 4 unless given. */
  threads?: number;
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

export interface TranscribeOptions {
  /** Code as in the model's list, for instance `en`; detected from the first speech when absent. */
  language?: string;
  /** Return words with times in each segment. */
  words?: boolean;
  signal?: AbortSignal;
  vad?: Partial<VadOptions>;
}

/** Times in seconds from the start of the audio. */
export interface Word {
  start: number;
  end: number;
  /** As in the text, with the punctuation that belongs to it, without spaces around. */
  text: string;
  probability: number;
}

export interface Segment {
  start: number;
  end: number;
  text: string;
  /** Mean log-probability of the tokens of the decoding window that the segment comes from. */
  avgLogprob: number;
  /** UTF-8 bytes of that window's text over its deflated size: high for repetitions. */
  compressionRatio: number;
  /** Probability that the window holds no speech. */
  noSpeechProb: number;
  temperature: number;
  words?: Word[];
}

export interface TranscriptChunk {
  /** In order of time; may be empty where there is no speech. */
  segments: Segment[];
  /** Seconds of audio from the start that are finished. */
  position: number;
  /** Null until it is known. */
  language: string | null;
}

export interface TranscriptSummary {
  /** Null where the audio holds no speech and no language was given. */
  language: string | null;
  /** 1 for a language that was given, null without speech. */
  languageProbability: number | null;
  /** Seconds of audio that were read. */
  duration: number;
}
