export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly words: readonly string[];
}

/** Beyond so many differences the stretch between the first and the last one counts as rewritten: nobody reads them one by one. */
const MOST_DIFFERENCES = 1500;

/** The difference of two texts word by word, as short as it can be told (Myers 1986). */
export function diffWords(before: string, after: string): DiffPart[] {
  const old = wordsOf(before);
  const next = wordsOf(after);
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, next.length) - head && old.at(-1 - tail) === next.at(-1 - tail))
    tail += 1;
  const middle = diffMiddle(old.slice(head, old.length - tail), next.slice(head, next.length - tail));
  return joined([
    { kind: 'same', words: old.slice(0, head) },
    ...middle,
    { kind: 'same', words: tail === 0 ? [] : old.slice(-tail) },
  ]);
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function diffMiddle(old: readonly string[], next: readonly string[]): DiffPart[] {
  const trace = traceOf(old, next);
  if (trace === null)
    return [
      { kind: 'removed', words: old },
      { kind: 'added', words: next },
    ];
  return walkBack(old, next, trace);
}

/** For each number of differences how far each diagonal gets; null: there are too many. */
function traceOf(old: readonly string[], next: readonly string[]): Map<number, number>[] | null {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let differences = 0; differences <= MOST_DIFFERENCES; differences += 1) {
    trace.push(new Map(reached));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let x = startOf(reached, diagonal, differences);
      while (x < old.length && x - diagonal < next.length && old[x] === next[x - diagonal]) x += 1;
      reached.set(diagonal, x);
      if (x >= old.length && x - diagonal >= next.length) return trace;
    }
  }
  return null;
}

function goesDown(reached: ReadonlyMap<number, number>, diagonal: number, differences: number): boolean {
  if (diagonal === -differences) return true;
  return diagonal !== differences && (reached.get(diagonal - 1) ?? 0) < (reached.get(diagonal + 1) ?? 0);
}

function startOf(reached: ReadonlyMap<number, number>, diagonal: number, differences: number): number {
  return goesDown(reached, diagonal, differences)
    ? (reached.get(diagonal + 1) ?? 0)
    : (reached.get(diagonal - 1) ?? 0) + 1;
}

function walkBack(
  old: readonly string[],
  next: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): DiffPart[] {
  const parts: DiffPart[] = [];
  let x = old.length;
  let y = next.length;
  for (let differences = trace.length - 1; differences >= 0; differences -= 1) {
    const reached = trace[differences] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = goesDown(reached, diagonal, differences);
    const from = down ? diagonal + 1 : diagonal - 1;
    const fromX = differences === 0 ? 0 : (reached.get(from) ?? 0);
    const fromY = differences === 0 ? 0 : fromX - from;
    const afterStep = down || differences === 0 ? fromX : fromX + 1;
    parts.push({ kind: 'same', words: old.slice(afterStep, x) });
    if (differences > 0)
      parts.push(
        down
          ? { kind: 'added', words: next.slice(fromY, fromY + 1) }
          : { kind: 'removed', words: old.slice(fromX, fromX + 1) },
      );
    x = fromX;
    y = fromY;
  }
  return parts.reverse();
}

function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: { kind: DiffPart['kind']; words: string[] }[] = [];
  for (const { kind, words } of parts) {
    if (words.length === 0) continue;
    const last = result.at(-1);
    if (last?.kind === kind) last.words.push(...words);
    else result.push({ kind, words: [...words] });
  }
  return result;
}
