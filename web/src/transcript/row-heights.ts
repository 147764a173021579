/** Heights of the rows of a long list: measured where a row was on the screen, guessed where not. */
export class RowHeights {
  private readonly measured = new Map<string, number>();

  /** @returns whether that is news */
  measure(key: string, height: number): boolean {
    if (height === 0 || Math.abs((this.measured.get(key) ?? 0) - height) < 0.5) return false;
    this.measured.set(key, height);
    return true;
  }

  /** After the width has changed everything is different. */
  forget(): void {
    this.measured.clear();
  }

  /** Where each row begins, and last where the list ends. */
  offsets(rows: readonly { readonly key: string; readonly guess: number }[]): Float64Array {
    const offsets = new Float64Array(rows.length + 1);
    rows.forEach(({ key, guess }, index) => {
      offsets[index + 1] = (offsets[index] ?? 0) + (this.measured.get(key) ?? guess);
    });
    return offsets;
  }
}

/** The row that is at a place of the list. */
export function rowAt(offsets: Float64Array, place: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? Infinity) <= place) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(0, offsets.length - 2));
}
