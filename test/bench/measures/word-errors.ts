export interface WordTime {
  readonly text: string;
  readonly start: number;
}

/** Seconds by which the starts of words differ from their true ones, word by word of those that both have (longest common subsequence). */
export function startErrors(truth: readonly WordTime[], found: readonly WordTime[]): number[] {
  const expected = truth.map(({ text }) => plain(text));
  const actual = found.map(({ text }) => plain(text));
  const lengths = commonLengths(expected, actual);
  const errors: number[] = [];
  for (let i = 0, j = 0; i < expected.length && j < actual.length;) {
    if (expected[i] === actual[j]) {
      errors.push((found[j]?.start ?? 0) - (truth[i]?.start ?? 0));
      i++;
      j++;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return errors;
}

/** [i][j]: length of the longest common subsequence of what comes from i on in the one and from j on in the other. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] =
        a[i] === b[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

const plain = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
