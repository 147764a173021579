import type { SpeakerTurn } from './diarization.js';
import { secondsOfFrame } from './frames.js';

/** A piece of speech whose speaker is known. Frames of the recording. */
export interface NamedPiece {
  start: number;
  end: number;
  speaker: number;
}

/** Silence (0.5 s) within what one speaker says: shorter pauses end no turn. */
const PAUSE_FRAMES = 30;
/** The same (2 s) where nobody else speaks in it: somebody thinks, or takes breath. */
const QUIET_PAUSE_FRAMES = 120;

/** The turns of all speakers, by start, then by end. Pieces of one speaker are one turn unless a pause lies between them. */
export function turnsOf(pieces: readonly NamedPiece[]): SpeakerTurn[] {
  const turns: NamedPiece[] = [];
  const last = new Map<number, NamedPiece>();
  // Behind the last frame of all in which anybody speaks.
  let spoken = 0;
  for (const piece of [...pieces].sort((a, b) => a.start - b.start)) {
    const turn = last.get(piece.speaker);
    const pause = turn?.end === spoken ? QUIET_PAUSE_FRAMES : PAUSE_FRAMES;
    spoken = Math.max(spoken, piece.end);
    if (turn !== undefined && piece.start - turn.end <= pause) {
      turn.end = Math.max(turn.end, piece.end);
      continue;
    }
    const begun = { ...piece };
    last.set(piece.speaker, begun);
    turns.push(begun);
  }
  return turns
    .map(({ start, end, speaker }) => ({ start: secondsOfFrame(start), end: secondsOfFrame(end), speaker }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}
