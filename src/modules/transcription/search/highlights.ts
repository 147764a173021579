/** Where something begins and ends in a text, in UTF-16 code units as JavaScript counts. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

/** Stand around what was found. No text of a transcript has these. */
export const MARK_START = '\u0002';
export const MARK_END = '\u0003';

/** A text with marks as the text without them and their places. */
export function readMarks(marked: string): {
  readonly text: string;
  readonly highlights: readonly Highlight[];
} {
  const [before = '', ...found] = marked.split(MARK_START);
  let text = before;
  const highlights: Highlight[] = [];
  for (const piece of found) {
    const [hit = '', ...rest] = piece.split(MARK_END);
    highlights.push({ start: text.length, end: text.length + hit.length });
    text += hit + rest.join('');
  }
  return { text, highlights };
}

/** Those that stand next to each other, as the words of a phrase do; all of them where none do. */
export function nextToEachOther(text: string, highlights: readonly Highlight[]): readonly Highlight[] {
  const areJoined = (one?: Highlight, other?: Highlight): boolean =>
    one !== undefined && other !== undefined && !/[\p{L}\p{N}]/u.test(text.slice(one.end, other.start));
  const joined = highlights.filter(
    (highlight, index) =>
      areJoined(highlights[index - 1], highlight) || areJoined(highlight, highlights[index + 1]),
  );
  return joined.length > 0 ? joined : highlights;
}

/** Where one of these is in a text, in whatever case; none within another. */
export function findAll(text: string, wanted: readonly string[]): Highlight[] {
  const patterns = wanted.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  if (patterns.length === 0) return [];
  return [...text.matchAll(new RegExp(patterns.join('|'), 'giu'))].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}
