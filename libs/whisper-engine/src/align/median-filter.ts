/** Odd; as in Whisper's own word times. */
export const MEDIAN_WIDTH = 7;
const HALF = (MEDIAN_WIDTH - 1) / 2;

/**
 * Running median over seven values; the ends are mirrored without repeating the outermost value. Rows of up to three values
 * come back unchanged. One filter serves rows of one length, in memory of its own: there are hundreds to a window.
 */
export class MedianFilter {
  private readonly padded: Float32Array;
  private readonly sorted = new Float32Array(MEDIAN_WIDTH);

  constructor(private readonly length: number) {
    this.padded = new Float32Array(length + 2 * HALF);
  }

  /** The row to be filtered: to be filled before each run. */
  get row(): Float32Array {
    return this.padded.subarray(HALF, HALF + this.length);
  }

  /** Takes the filtered row away from the values at `from` on. */
  subtractFrom(values: Float32Array, from: number): void {
    const { length, padded, sorted } = this;
    if (length <= HALF) {
      for (let at = 0; at < length; at++)
        values[from + at] = (values[from + at] ?? 0) - (padded[HALF + at] ?? 0);
      return;
    }
    this.mirror();
    sorted.set(padded.subarray(0, MEDIAN_WIDTH));
    sorted.sort();
    for (let at = 0; at < length; at++) {
      if (at > 0) replace(sorted, padded[at - 1] ?? 0, padded[at + MEDIAN_WIDTH - 1] ?? 0);
      values[from + at] = (values[from + at] ?? 0) - (sorted[HALF] ?? 0);
    }
  }

  private mirror(): void {
    const { length, padded } = this;
    for (let k = 1; k <= HALF; k++) {
      padded[HALF - k] = padded[HALF + k] ?? 0;
      padded[HALF + length - 1 + k] = padded[HALF + length - 1 - k] ?? 0;
    }
  }
}

/** Puts one value in the place of another and sorts again: cheaper than sorting each window of its own. */
function replace(sorted: Float32Array, gone: number, come: number): void {
  let slot = 0;
  while (slot < MEDIAN_WIDTH - 1 && sorted[slot] !== gone) slot++;
  for (; slot > 0 && (sorted[slot - 1] ?? 0) > come; slot--) sorted[slot] = sorted[slot - 1] ?? 0;
  for (; slot < MEDIAN_WIDTH - 1 && (sorted[slot + 1] ?? 0) < come; slot++)
    sorted[slot] = sorted[slot + 1] ?? 0;
  sorted[slot] = come;
}
