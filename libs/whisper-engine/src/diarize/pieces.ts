/** What somebody says without a longer pause, or a part of it. Frames count from the first frame of the tracks. */
export interface Piece {
  track: number;
  start: number;
  end: number;
  /** Frames in which nobody else is heard; all of them where these are too few for an embedding. */
  alone: number[];
  /** Whether `alone` is what it says. */
  clear: boolean;
}

/** Silence (0.25 s) within a piece. */
const PAUSE_FRAMES = 15;
/** Shorter pieces (0.1 s) are clicks. */
const FEWEST_FRAMES = 6;
/** Longer ones (2.5 s) are cut: somebody may have gone on where somebody else had begun, unnoticed. */
const MOST_FRAMES = 150;
/** An embedding of less (0.25 s) says nothing. */
const FEWEST_ALONE = 15;

/** Cuts tracks into pieces from a frame up to another. */
export function cutPieces(tracks: readonly Uint8Array[], from: number, to: number): Piece[] {
  const pieces: Piece[] = [];
  for (const [track, active] of tracks.entries()) {
    for (const [start, end] of stretches(active, from, to)) {
      const parts = Math.ceil((end - start) / MOST_FRAMES);
      for (let part = 0; part < parts; part++) {
        const at = (index: number): number => start + Math.round(((end - start) * index) / parts);
        pieces.push(pieceOf(tracks, track, at(part), at(part + 1)));
      }
    }
  }
  return pieces.sort((a, b) => a.start - b.start || a.track - b.track);
}

function stretches(active: Uint8Array, from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  for (let frame = from; frame < to; frame++) {
    if (active[frame] !== 1) continue;
    const last = found.at(-1);
    if (last !== undefined && frame - last[1] <= PAUSE_FRAMES) last[1] = frame + 1;
    else found.push([frame, frame + 1]);
  }
  return found.filter(([start, end]) => end - start >= FEWEST_FRAMES);
}

function pieceOf(tracks: readonly Uint8Array[], track: number, start: number, end: number): Piece {
  const spoken: number[] = [];
  for (let frame = start; frame < end; frame++) if (tracks[track]?.[frame] === 1) spoken.push(frame);
  const alone = spoken.filter((frame) =>
    tracks.every((active, other) => other === track || active[frame] !== 1),
  );
  const clear = alone.length >= FEWEST_ALONE;
  return { track, start, end, alone: clear ? alone : spoken, clear };
}
