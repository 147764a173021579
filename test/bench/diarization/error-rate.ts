/** What one person says without a stop. Times are seconds. */
export interface Turn {
  readonly start: number;
  readonly end: number;
  readonly speaker: string;
}

/** Seconds of speech (where two speak, each counts), and of the mistakes that were made in it. */
export interface DiarizationErrors {
  readonly speech: number;
  readonly missed: number;
  readonly falseAlarm: number;
  readonly confused: number;
}

/** Times are counted in steps of this. */
const STEP = 0.01;
/** Around the borders of reference turns nothing is counted: people do not agree on them either. */
const COLLAR = 0.25;

/**
 * Diarization errors as NIST defines them: speakers are mapped one to one so that most speech is right, a collar of 0.25 s around the
 * borders of the reference is left out, overlapping speech counts.
 */
export function diarizationErrors(reference: readonly Turn[], answer: readonly Turn[]): DiarizationErrors {
  const steps = Math.ceil(Math.max(0, ...[...reference, ...answer].map(({ end }) => end)) / STEP);
  const counted = new Uint8Array(steps).fill(1);
  for (const border of reference.flatMap(({ start, end }) => [start, end])) {
    counted.fill(0, stepOf(border - COLLAR), stepOf(border + COLLAR));
  }
  const truth = activities(reference, steps);
  const found = activities(answer, steps);
  const names = bestMapping([...truth.values()], [...found.values()], counted);
  let [speech, missed, falseAlarm, confused] = [0, 0, 0, 0];
  for (let step = 0; step < steps; step++) {
    if (counted[step] === 0) continue;
    const there = [...truth.values()].map((active) => active[step] === 1);
    const told = [...found.values()].map((active) => active[step] === 1);
    const [n, m] = [there.filter(Boolean).length, told.filter(Boolean).length];
    const right = told.filter((active, i) => active && there[names[i] ?? -1] === true).length;
    speech += n;
    missed += Math.max(0, n - m);
    falseAlarm += Math.max(0, m - n);
    confused += Math.min(n, m) - right;
  }
  const seconds = (count: number): number => count * STEP;
  return {
    speech: seconds(speech),
    missed: seconds(missed),
    falseAlarm: seconds(falseAlarm),
    confused: seconds(confused),
  };
}

/** Mistakes for each second of speech, over all recordings together. */
export function diarizationErrorRate(all: readonly DiarizationErrors[]): number {
  const total = (part: (errors: DiarizationErrors) => number): number =>
    all.reduce((sum, errors) => sum + part(errors), 0);
  return total(({ missed, falseAlarm, confused }) => missed + falseAlarm + confused) / total((e) => e.speech);
}

const stepOf = (seconds: number): number => Math.max(0, Math.round(seconds / STEP));

/** By speaker, 1 for each step in which they speak. */
function activities(turns: readonly Turn[], steps: number): Map<string, Uint8Array> {
  const active = new Map<string, Uint8Array>();
  for (const { start, end, speaker } of turns) {
    const row = active.get(speaker) ?? new Uint8Array(steps);
    row.fill(1, stepOf(start), stepOf(end));
    active.set(speaker, row);
  }
  return active;
}

/** For each speaker of the answer the one of the reference that they are taken for, or -1. */
function bestMapping(
  truth: readonly Uint8Array[],
  found: readonly Uint8Array[],
  counted: Uint8Array,
): number[] {
  const size = Math.max(truth.length, found.length);
  const costs = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => -common(found[row], truth[column], counted)),
  );
  return cheapestAssignment(costs).map((column) => (column < truth.length ? column : -1));
}

function common(a: Uint8Array | undefined, b: Uint8Array | undefined, counted: Uint8Array): number {
  if (a === undefined || b === undefined) return 0;
  return counted.reduce((sum, value, step) => sum + value * (a[step] ?? 0) * (b[step] ?? 0), 0);
}

/** The Hungarian method with potentials: the column of each row of a square matrix, all different, so that the sum of the costs is least. */
export function cheapestAssignment(costs: readonly (readonly number[])[]): number[] {
  const size = costs.length;
  const [u, v] = [new Float64Array(size + 1), new Float64Array(size + 1)];
  const rowOf = new Int32Array(size + 1).fill(-1);
  for (let row = 0; row < size; row++) {
    // Column `size` stands for the row that is looking for one.
    let column = size;
    rowOf[size] = row;
    const least = new Float64Array(size).fill(Infinity);
    const before = new Int32Array(size).fill(size);
    const used = new Uint8Array(size + 1);
    while ((rowOf[column] ?? -1) >= 0) {
      used[column] = 1;
      const at = rowOf[column] ?? 0;
      let [next, delta] = [-1, Infinity];
      for (let j = 0; j < size; j++) {
        if (used[j] === 1) continue;
        const cost = (costs[at]?.[j] ?? 0) - (u[at] ?? 0) - (v[j] ?? 0);
        if (cost < (least[j] ?? 0)) [least[j], before[j]] = [cost, column];
        if ((least[j] ?? 0) < delta) [delta, next] = [least[j] ?? 0, j];
      }
      for (let j = 0; j <= size; j++) {
        if (used[j] === 1) {
          u[rowOf[j] ?? 0] = (u[rowOf[j] ?? 0] ?? 0) + delta;
          v[j] = (v[j] ?? 0) - delta;
        } else least[j] = (least[j] ?? 0) - delta;
      }
      column = next;
    }
    while (column !== size) {
      const previous = before[column] ?? size;
      rowOf[column] = rowOf[previous] ?? -1;
      column = previous;
    }
  }
  const columns = new Array<number>(size).fill(-1);
  for (let j = 0; j < size; j++) columns[rowOf[j] ?? 0] = j;
  return columns;
}
