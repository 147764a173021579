const BOTH = 0;
const NEXT_ROW = 1;
const NEXT_COLUMN = 2;

/**
 * Dynamic time warping: the cheapest way through a cost matrix from its first to its last cell by steps to the next row, the
 * next column or both.
 * @param costs row after row, [rows, columns]
 * @returns the first column of each row on that way
 */
export function firstColumns(costs: Float32Array, rows: number, columns: number): Int32Array {
  const moves = new Uint8Array(rows * columns);
  let above = new Float64Array(columns);
  let current = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const [move, before] = cheapest(row, column, above, current);
      moves[at] = move;
      current[column] = before + (costs[at] ?? 0);
    }
    [above, current] = [current, above];
  }
  return walkBack(moves, rows, columns);
}

function cheapest(row: number, column: number, above: Float64Array, current: Float64Array): [number, number] {
  if (row === 0) return [NEXT_COLUMN, column === 0 ? 0 : (current[column - 1] ?? 0)];
  const down = above[column] ?? 0;
  if (column === 0) return [NEXT_ROW, down];
  const diagonal = above[column - 1] ?? 0;
  const right = current[column - 1] ?? 0;
  if (diagonal <= down && diagonal <= right) return [BOTH, diagonal];
  return down < right ? [NEXT_ROW, down] : [NEXT_COLUMN, right];
}

function walkBack(moves: Uint8Array, rows: number, columns: number): Int32Array {
  const first = new Int32Array(rows);
  let row = rows - 1;
  let column = columns - 1;
  while (row > 0 || column > 0) {
    first[row] = column;
    const move = moves[row * columns + column];
    if (move !== NEXT_COLUMN) row--;
    if (move !== NEXT_ROW) column--;
  }
  first[0] = 0;
  return first;
}
