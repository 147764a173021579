export { WhisperEngine } from './engine.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export { WHISPER_LANGUAGES } from './model/whisper-languages.js';
export type {
  EngineOptions,
  Segment,
  TranscribeOptions,
  TranscriptChunk,
  TranscriptSummary,
  VadOptions,
  Word,
} from './options.js';
