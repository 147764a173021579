export type { Checkpoint } from './checkpoint.js';
export { WhisperEngine } from './engine.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export { WHISPER_LANGUAGES } from './model/whisper-languages.js';
export type {
  AudioBlock,
  AudioSource,
  EngineOptions,
  LanguageProbability,
  Segment,
  Task,
  TranscribeOptions,
  TranscriptChunk,
  TranscriptSummary,
  VadOptions,
  Word,
} from './options.js';
