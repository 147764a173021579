/** Odd; as in Whisper's own word times. */
export const MEDIAN_WIDTH = 7;
const HALF = (MEDIAN_WIDTH - 1) / 2;

/**
 * Running median over seven values; the ends are mirrored without repeating the outermost value. Rows of up to three values
 * come back unchanged.
 */
export function medianFilter(row: Float32Array): Float32Array {
  const length = row.length;
  if (length <= HALF) return row.slice();
  const padded = mirrored(row);
  const result = new Float32Array(length);
  const sorted = padded.slice(0, MEDIAN_WIDTH).sort();
  result[0] = sorted[HALF] ?? 0;
  for (let at = 1; at < length; at++) {
    replace(sorted, padded[at - 1] ?? 0, padded[at + MEDIAN_WIDTH - 1] ?? 0);
    result[at] = sorted[HALF] ?? 0;
  }
  return result;
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

function mirrored(row: Float32Array): Float32Array {
  const padded = new Float32Array(row.length + 2 * HALF);
  padded.set(row, HALF);
  for (let k = 1; k <= HALF; k++) {
    padded[HALF - k] = row[k] ?? 0;
    padded[HALF + row.length - 1 + k] = row[row.length - 1 - k] ?? 0;
  }
  return padded;
}
