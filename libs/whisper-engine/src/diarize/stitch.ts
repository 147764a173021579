import type { SpeakerTurn } from './diarization.js';
import { HOP_FRAMES, LOCAL_SPEAKERS, WINDOW_FRAMES, secondsOfFrame } from './frames.js';
import { isActive, speakerCount } from './powerset.js';

/** A window whose speakers are known. */
export interface NamedWindow {
  /** Who is heard in each frame, as bits of the window's speakers. */
  active: Uint8Array;
  /** Speaker of the recording of each speaker of the window, or null. */
  names: readonly (number | null)[];
}

/** Silence within what one speaker says, in frames (0.5 s): shorter pauses end no turn. */
const PAUSE_FRAMES = 30;
/** Shorter turns (0.1 s) are clicks. */
const FEWEST_FRAMES = 6;

/** Frames in the middle of a window count most: at its edges the segmentation knows one side only. */
const WEIGHTS = Float32Array.from({ length: WINDOW_FRAMES }, (_, frame) => {
  const edge = Math.min(frame, WINDOW_FRAMES - 1 - frame) / (WINDOW_FRAMES / 2);
  return 0.05 + edge;
});

/**
 * Who speaks when, from windows that overlap. In each frame the windows that see it vote: on how many speak (the mean, rounded), and on who,
 * those with the most votes first. H. Bredin, "pyannote.audio 2.1 speaker diarization pipeline", Interspeech 2023.
 * Holds the frames of one window at a time.
 */
export function stitch(windows: Iterable<NamedWindow>, speakers: number): SpeakerTurn[] {
  const votes = new Votes(speakers);
  const turns = new TurnWriter(speakers);
  for (const window of windows) {
    votes.add(window);
    for (let frame = 0; frame < HOP_FRAMES; frame++) turns.write(votes.winners(frame));
    votes.shift();
  }
  for (let frame = 0; frame < WINDOW_FRAMES - HOP_FRAMES; frame++) turns.write(votes.winners(frame));
  return turns.finish();
}

/** Votes on the frames of the window at hand. */
class Votes {
  /** [frames, speakers] */
  private readonly votes: Float32Array;
  private readonly counts = new Float32Array(WINDOW_FRAMES);
  private readonly weights = new Float32Array(WINDOW_FRAMES);

  constructor(private readonly speakers: number) {
    this.votes = new Float32Array(WINDOW_FRAMES * speakers);
  }

  add({ active, names }: NamedWindow): void {
    for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
      const weight = WEIGHTS[frame] ?? 0;
      const bits = active[frame];
      this.weights[frame] = (this.weights[frame] ?? 0) + weight;
      this.counts[frame] = (this.counts[frame] ?? 0) + weight * speakerCount(bits);
      for (let local = 0; local < LOCAL_SPEAKERS; local++) {
        const name = names[local];
        if (!isActive(bits, local) || name == null) continue;
        const at = frame * this.speakers + name;
        this.votes[at] = (this.votes[at] ?? 0) + weight;
      }
    }
  }

  /** Speakers of a frame. */
  winners(frame: number): number[] {
    const count = Math.round((this.counts[frame] ?? 0) / (this.weights[frame] ?? 1));
    if (count === 0) return [];
    const row = this.votes.subarray(frame * this.speakers, (frame + 1) * this.speakers);
    return [...row.keys()]
      .filter((speaker) => (row[speaker] ?? 0) > 0)
      .sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0))
      .slice(0, count);
  }

  /** A hop further. */
  shift(): void {
    for (const [values, width] of [
      [this.votes, this.speakers],
      [this.counts, 1],
      [this.weights, 1],
    ] as const) {
      values.copyWithin(0, HOP_FRAMES * width);
      values.fill(0, (WINDOW_FRAMES - HOP_FRAMES) * width);
    }
  }
}

interface OpenTurn {
  start: number;
  /** Behind the last frame that is spoken. */
  end: number;
}

/** Writes turns from the speakers of each frame. */
class TurnWriter {
  private readonly open: (OpenTurn | null)[];
  private readonly turns: SpeakerTurn[] = [];
  private frame = 0;

  constructor(speakers: number) {
    this.open = Array.from({ length: speakers }, () => null);
  }

  write(speakers: readonly number[]): void {
    for (const speaker of speakers) {
      const turn = this.open[speaker];
      if (turn != null && this.frame - turn.end <= PAUSE_FRAMES) {
        turn.end = this.frame + 1;
        continue;
      }
      this.close(speaker);
      this.open[speaker] = { start: this.frame, end: this.frame + 1 };
    }
    this.frame++;
  }

  finish(): SpeakerTurn[] {
    for (const speaker of this.open.keys()) this.close(speaker);
    return this.turns.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  private close(speaker: number): void {
    const turn = this.open[speaker];
    if (turn == null || turn.end - turn.start < FEWEST_FRAMES) return;
    this.turns.push({ start: secondsOfFrame(turn.start), end: secondsOfFrame(turn.end), speaker });
  }
}
