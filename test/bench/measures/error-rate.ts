/** Languages that are compared character by character: most are written without spaces, or are parted into words differently by different hands. */
const BY_CHARACTER = new Set(['zh', 'yue', 'ja', 'ko', 'th', 'lo', 'my', 'hi']);

export interface ErrorCount {
  readonly unit: 'word' | 'character';
  /** Substituted, missing and additional units, at least as many as lie between the two texts. */
  readonly errors: number;
  /** Units of the reference. */
  readonly units: number;
}

/**
 * Counts how far a text is from its reference: Levenshtein distance (Wagner and Fischer, 1974) over words, or over characters
 * for languages where words are no good unit.
 *
 * Both texts are normalised alike first: NFKC, lower case, typographic apostrophes made plain; letters, their marks, digits and
 * apostrophes inside a word stay, everything else parts words. Numbers stay as they are spelt, so "3" for "three" is an error.
 */
export function countErrors(reference: string, hypothesis: string, language: string): ErrorCount {
  const unit = BY_CHARACTER.has(language) ? 'character' : 'word';
  const expected = unitsOf(reference, unit);
  return { unit, errors: editDistance(expected, unitsOf(hypothesis, unit)), units: expected.length };
}

/** Whether the text begins with these words, normalised as above. */
export function beginsWithWords(text: string, beginning: string): boolean {
  const found = unitsOf(text, 'word');
  return unitsOf(beginning, 'word').every((word, index) => found[index] === word);
}

/** The error rate over several texts together; null without any reference. */
export function errorRate(counts: readonly ErrorCount[]): number | null {
  const sum = (key: 'errors' | 'units'): number => counts.reduce((total, count) => total + count[key], 0);
  return sum('units') === 0 ? null : sum('errors') / sum('units');
}

function unitsOf(text: string, unit: ErrorCount['unit']): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*/gu) ?? [];
  return unit === 'word' ? words : Array.from(words.join(''));
}

function editDistance(expected: readonly string[], actual: readonly string[]): number {
  // row[j] is the distance between the expected units so far and the first j actual ones.
  let row = Array.from({ length: actual.length + 1 }, (_, index) => index);
  for (const [i, wanted] of expected.entries()) {
    const next = [i + 1];
    for (const [j, found] of actual.entries()) {
      const substituted = at(row, j) + (wanted === found ? 0 : 1);
      next.push(Math.min(substituted, at(row, j + 1) + 1, at(next, j) + 1));
    }
    row = next;
  }
  return at(row, actual.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
