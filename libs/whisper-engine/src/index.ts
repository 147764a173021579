export type { Checkpoint } from './checkpoint.js';
export {
  assignSpeakers,
  type SegmentOfSpeaker,
  type SpokenSegment,
  type SpokenWord,
} from './diarize/assign-speakers.js';
export type {
  Diarization,
  DiarizationStep,
  DiarizedSpeaker,
  DiarizeOptions,
  DiarizerOptions,
  SpeakerTurn,
} from './diarize/diarization.js';
export type { DiarizationCheckpoint } from './diarize/diarization-checkpoint.js';
export type { Spoken } from './diarize/turn-finder.js';
export { similarity } from './diarize/embedding.js';
export { SpeakerDiarizer } from './diarize/speaker-diarizer.js';
export { WhisperEngine } from './engine.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export { HUB_PRECISIONS, type HubPrecision } from './model/hub-files.js';
export { memoryLimit } from './model/memory-limit.js';
export { leastMemory, memoryNeed, planMemory, type MemoryPlan } from './model/memory-need.js';
export {
  describeModel,
  verifyModelFolder,
  type ModelDescription,
  type ModelLayout,
} from './model/model-folder.js';
export { WHISPER_LANGUAGES } from './model/whisper-languages.js';
export type {
  AudioBlock,
  AudioSource,
  EngineOptions,
  Task,
  TranscribeOptions,
  TranscriptChunk,
  TranscriptSummary,
  VadOptions,
} from './options.js';
export type { EngineStage, StageTime } from './stage-clock.js';
export type { LanguageProbability, Segment, Token, Word } from './transcript.js';
