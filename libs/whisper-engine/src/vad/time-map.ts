/** A piece of the audio inside a window, in samples. */
export interface Piece {
  /** Where it begins in the window. */
  inWindow: number;
  /** Where it begins in the audio. */
  inFile: number;
  length: number;
  /** Where the VAD hears speech, in samples of the audio. */
  speechStart: number;
  speechEnd: number;
}

/** What samples `from` up to, not including, `to` of a window hold, as the pieces of a window that begins there. */
export function cutPieces(pieces: readonly Piece[], from: number, to: number): Piece[] {
  return pieces.flatMap((piece) => {
    const start = Math.max(from, piece.inWindow);
    const end = Math.min(to, piece.inWindow + piece.length);
    if (start >= end) return [];
    const inFile = piece.inFile + start - piece.inWindow;
    return [{ ...piece, inWindow: start - from, inFile, length: end - start }];
  });
}

/** Index of the piece that shares most with `from` to `to` (samples of the window); the nearest one where none does. */
export function findPiece(pieces: readonly Piece[], from: number, to: number): number {
  let best = 0;
  let most = -Infinity;
  pieces.forEach((piece, index) => {
    const shared = Math.min(to, piece.inWindow + piece.length) - Math.max(from, piece.inWindow);
    if (shared > most) {
      best = index;
      most = shared;
    }
  });
  return best;
}

/** Samples of the piece's speech between `from` and `to` (samples of the window). */
export function sharedSpeech(piece: Piece, from: number, to: number): number {
  const toWindow = piece.inWindow - piece.inFile;
  return Math.min(to, piece.speechEnd + toWindow) - Math.max(from, piece.speechStart + toWindow);
}

/**
 * Sample of the audio for a sample of the window, held inside the speech of one piece.
 * @param slack samples by which the speech may reach beyond what the VAD hears
 */
export function toFile(piece: Piece, sample: number, slack: number): number {
  const first = Math.max(piece.inFile, piece.speechStart - slack);
  // A piece that was cut off may have silence only.
  const last = Math.max(first, Math.min(piece.inFile + piece.length, piece.speechEnd + slack));
  return Math.min(Math.max(piece.inFile + sample - piece.inWindow, first), last);
}
