import { HOP_FRAMES, LOCAL_SPEAKERS, WINDOW_FRAMES } from './frames.js';
import { isActive, speakerCount } from './powerset.js';

/** Frames in the middle of a window count most: at its edges the segmentation knows one side only. */
const WEIGHTS = Float32Array.from({ length: WINDOW_FRAMES }, (_, frame) => {
  const edge = Math.min(frame, WINDOW_FRAMES - 1 - frame) / (WINDOW_FRAMES / 2);
  return 0.05 + edge;
});
/** Frames (0.2 s) that a speaker of a window and a track have to be heard in together to be taken for one. */
const FEWEST_COMMON = 12;

/** Who is heard in each frame, by tracks: somebody in a track is one person for as long as it is not interrupted. */
export interface Tracks {
  /** [tracks][frames], 1 where somebody is heard. */
  active: Uint8Array[];
}

/**
 * Puts windows that overlap together. Each of the three speakers of a window continues the track that they are heard in together with, or
 * begins a new one. In each frame the windows that see it vote: on how many speak (the mean, rounded), and in which tracks, those with the
 * most votes first. After H. Bredin, "pyannote.audio 2.1 speaker diarization pipeline", Interspeech 2023, where speakers are matched by their
 * voices at once; that fails where more than three people speak within 10 s, so here voices are compared later and in shorter pieces.
 * @param windows who is heard in each frame, as bits of the window's speakers; each begins a hop after the one before
 */
export function joinWindows(windows: readonly Uint8Array[]): Tracks {
  const frames = (windows.length - 1) * HOP_FRAMES + WINDOW_FRAMES;
  const votes: Float32Array[] = [];
  const counts = new Float32Array(frames);
  const weights = new Float32Array(frames);
  for (const [index, active] of windows.entries()) {
    const from = index * HOP_FRAMES;
    const tracks = matchTracks(active, votes, from);
    for (let local = 0; local < LOCAL_SPEAKERS; local++) {
      const track = tracks[local] ?? votes.length;
      votes[track] ??= new Float32Array(frames);
      vote(votes[track], active, local, from);
    }
    for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
      const weight = WEIGHTS[frame] ?? 0;
      weights[from + frame] = (weights[from + frame] ?? 0) + weight;
      counts[from + frame] = (counts[from + frame] ?? 0) + weight * speakerCount(active[frame]);
    }
  }
  return { active: decide(votes, counts, weights) };
}

function vote(votes: Float32Array, active: Uint8Array, local: number, from: number): void {
  for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
    if (isActive(active[frame], local)) {
      votes[from + frame] = (votes[from + frame] ?? 0) + (WEIGHTS[frame] ?? 0);
    }
  }
}

/** The track of each speaker of a window, or null; those first that have most in common. */
function matchTracks(active: Uint8Array, votes: readonly Float32Array[], from: number): (number | null)[] {
  const pairs = votes.flatMap((track, index) =>
    Array.from({ length: LOCAL_SPEAKERS }, (_, local) => ({
      index,
      local,
      common: commonFrames(active, local, track, from),
    })),
  );
  const found: (number | null)[] = Array.from({ length: LOCAL_SPEAKERS }, () => null);
  for (const { index, local, common } of pairs.sort((a, b) => b.common - a.common)) {
    if (common >= FEWEST_COMMON && found[local] === null && !found.includes(index)) found[local] = index;
  }
  return found;
}

function commonFrames(active: Uint8Array, local: number, track: Float32Array, from: number): number {
  let common = 0;
  for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
    if (isActive(active[frame], local) && (track[from + frame] ?? 0) > 0) common++;
  }
  return common;
}

function decide(votes: readonly Float32Array[], counts: Float32Array, weights: Float32Array): Uint8Array[] {
  const active = votes.map((track) => new Uint8Array(track.length));
  for (const [frame, weight] of weights.entries()) {
    const count = Math.round((counts[frame] ?? 0) / weight);
    if (count === 0) continue;
    const winners = [...votes.keys()]
      .filter((track) => (votes[track]?.[frame] ?? 0) > 0)
      .sort((a, b) => (votes[b]?.[frame] ?? 0) - (votes[a]?.[frame] ?? 0));
    for (const track of winners.slice(0, count)) active[track]?.fill(1, frame, frame + 1);
  }
  return active;
}
