/** Gaps below this are rounding of timestamps or a drifting clock, not missing sound. */
const SHORTEST_GAP_SECONDS = 0.25;
/** A jump beyond this is a broken or restarted clock. */
const LONGEST_GAP_SECONDS = 1800;
/** Silence that timestamps may conjure up in one file; they are a stranger's word. */
const MAX_SILENCE_SECONDS = 4 * 3600;

/**
 * Keeps the sample count in step with the file's own clock, so that times in a transcript are those that a player shows:
 * sound that starts after the picture, pauses in which nothing was recorded and damaged pieces become silence.
 */
export class Timeline {
  private decodedSeconds = 0;
  private filledSeconds = 0;

  /** `origin` is where the file's clock begins; null until a frame tells. */
  constructor(private origin: number | null) {}

  /** Seconds of silence that belong before a frame of `frameSeconds` that starts at `startSeconds` of the file's clock. */
  advance(startSeconds: number | null, frameSeconds: number): number {
    const silence = startSeconds === null ? 0 : this.silenceBefore(startSeconds);
    this.decodedSeconds += silence + frameSeconds;
    return silence;
  }

  private silenceBefore(startSeconds: number): number {
    this.origin ??= startSeconds;
    const gap = startSeconds - this.origin - this.decodedSeconds;
    if (Math.abs(gap) < SHORTEST_GAP_SECONDS) return 0;
    if (gap > 0 && gap <= LONGEST_GAP_SECONDS && this.filledSeconds + gap <= MAX_SILENCE_SECONDS) {
      this.filledSeconds += gap;
      return gap;
    }
    // The clock jumped: from here on it is believed again, counted from what was decoded.
    this.origin = startSeconds - this.decodedSeconds;
    return 0;
  }
}
