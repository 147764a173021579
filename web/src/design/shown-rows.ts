/** The numbers of the rows from `first` to before `end`, and in its place that of one more, if there is one. */
export function withRow(row: number, first: number, end: number): number[] {
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  if (row < 0 || (row >= first && row < end)) return rows;
  return row < first ? [row, ...rows] : [...rows, row];
}
