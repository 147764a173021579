/** Arithmetic of the engine that needs no model, for processes that load none. */
export {
  assignSpeakers,
  similarity,
  type DiarizedSpeaker,
  type SpeakerTurn,
} from '@whisper-transcriber/engine/speakers';
