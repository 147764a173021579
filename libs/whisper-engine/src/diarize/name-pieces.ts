import { similarity, unpackEmbedding } from './embedding.js';
import type { HeardPiece } from './heard-piece.js';

/** Frames (1 s) of which an embedding is sure. */
const SURE_FRAMES = 60;
/** Frames (1 s) between pieces of one track that likely belong to one person. */
const NEAR_FRAMES = 60;
/** How much it counts, as similarity, that the piece beside it in its track is of a speaker; for pieces with little to tell them by. */
const BESIDE = 0.3;

/**
 * The speaker of each piece of a block: the one whose voice is most like it. Short pieces are held to be of the speaker of the piece
 * beside them in their track unless their voice clearly says otherwise; two pieces at the same time are not of one speaker. Null where
 * nothing tells.
 */
export function namePieces(
  pieces: readonly HeardPiece[],
  speakers: readonly Float32Array[],
): (number | null)[] {
  const names: (number | null)[] = pieces.map(() => null);
  // Those that can be told best come first; others follow them.
  const order = [...pieces.keys()].sort((a, b) => (pieces[b]?.frames ?? 0) - (pieces[a]?.frames ?? 0));
  for (const index of order) {
    const piece = pieces[index];
    if (piece === undefined) continue;
    const beside = namesAround(pieces, names, piece);
    const scores = scoresOf(piece, speakers);
    let best: { score: number; speaker: number | null } = { score: -Infinity, speaker: null };
    for (const [speaker, alike] of scores.entries()) {
      if (beside.sameTime.has(speaker)) continue;
      const doubt = 1 - Math.min(1, piece.frames / SURE_FRAMES);
      const score = alike + (beside.sameTrack.has(speaker) ? BESIDE * doubt : 0);
      if (score > best.score) best = { score, speaker };
    }
    const told = piece.embedding !== null || (best.speaker !== null && beside.sameTrack.has(best.speaker));
    names[index] = told ? best.speaker : null;
  }
  return names;
}

function scoresOf({ embedding }: HeardPiece, speakers: readonly Float32Array[]): number[] {
  if (embedding === null) return speakers.map(() => 0);
  const voice = unpackEmbedding(embedding);
  return speakers.map((speaker) => similarity(voice, speaker));
}

function namesAround(
  pieces: readonly HeardPiece[],
  names: readonly (number | null)[],
  { start, end, track }: HeardPiece,
): { sameTrack: Set<number>; sameTime: Set<number> } {
  const sameTrack = new Set<number>();
  const sameTime = new Set<number>();
  for (const [index, other] of pieces.entries()) {
    const name = names[index];
    if (name == null) continue;
    if (other.track === track && other.start <= end + NEAR_FRAMES && other.end >= start - NEAR_FRAMES) {
      sameTrack.add(name);
    }
    if (other.track !== track && other.start < end && other.end > start) sameTime.add(name);
  }
  return { sameTrack, sameTime };
}
