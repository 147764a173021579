/** What can be done with a diarization without the runtime for inference. */
export {
  assignSpeakers,
  type SegmentOfSpeaker,
  type SpokenSegment,
  type SpokenWord,
} from './diarize/assign-speakers.js';
export type { Diarization, DiarizedSpeaker, SpeakerTurn } from './diarize/diarization.js';
export { similarity } from './diarize/embedding.js';
export type { Spoken } from './diarize/turn-finder.js';
