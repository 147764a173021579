export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which of the series it is of. */
  readonly series: number;
}

/** What is left free of the room of each bucket. */
const GAP = 0.25;

/**
 * Bars that stand on each other, in a box that is one wide for each bucket and one high.
 * @param rows a value of each series for each bucket; null counts as nothing
 */
export function stackBars(rows: readonly (readonly (number | null)[])[], highest: number): Bar[] {
  return rows.flatMap((values, bucket) => {
    let top = 1;
    return values.flatMap((value, series) => {
      const height = (value ?? 0) / highest;
      if (height <= 0) return [];
      top -= height;
      return [{ x: bucket + GAP / 2, y: top, width: 1 - GAP, height, series }];
    });
  });
}

/** The value that the chart is as high as: the sum of the fullest bucket, never nothing. */
export function highestOf(rows: readonly (readonly (number | null)[])[]): number {
  const sums = rows.map((values) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
  return Math.max(0, ...sums) || 1;
}
